// The project in somebody's name.

import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Context } from "hono";
import type { Env } from "./context.ts";
import { projectUrl, publishableKey } from "./environment.ts";

/** No call of ours to the project takes longer; uploads are limited by whoever makes them. */
const CALL_LIMIT_MS = 15_000;

/** What goes with every call on behalf of a request. */
export function callHeaders(c: Context<Env>, jwt: string | undefined): Record<string, string> {
  const { traceparent } = c.get("trace");
  const headers: Record<string, string> = {
    apikey: publishableKey(),
    traceparent,
    "x-request-id": c.get("requestId"),
  };
  if (jwt !== undefined) {
    headers["authorization"] = `Bearer ${jwt}`;
  }
  return headers;
}

/** A client that acts as the bearer of `jwt`, or as nobody. */
export function clientFor(c: Context<Env>, jwt: string | undefined): SupabaseClient {
  return createClient(projectUrl(), publishableKey(), {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: callHeaders(c, jwt), fetch: limited },
  });
}

function limited(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const limit = AbortSignal.timeout(CALL_LIMIT_MS);
  const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
  return fetch(input, { ...init, signal });
}
