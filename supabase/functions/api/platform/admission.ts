// The way in: who calls, whether they may call yet again, and whether they have asked this before. One question to the
// database, asked as the caller; it checks the token, spends from the caller's budget and looks up the key.

import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { Env } from "./context.ts";
import { accepted, Problem, unauthenticated } from "./problem.ts";
import { clientFor } from "./supabase.ts";
import { exchange, isApiToken } from "./tokens.ts";

/** What the database calls a kind of request that has a budget of its own. */
export type Operation = "requests" | "imports";

type Stored = { status: number; headers: Record<string, string>; body: string };

type Admission = {
  user_id: string;
  allowed: boolean;
  budget: {
    name: string;
    capacity: number;
    window_seconds: number;
    remaining: number;
    reset_seconds: number;
  };
  retry_after_seconds: number;
  idempotency: "none" | "fresh" | "replay" | "mismatch" | "in_progress";
  response: Stored | null;
};

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Answers that say nothing about the request itself: asked again, it may well go through. */
const TRANSIENT = [401, 403, 408, 409, 425, 429];
const LARGEST_STORED_ANSWER = 65_536;

/** Lets signed-in callers through, as themselves. */
export function admitted(operation: Operation = "requests") {
  return createMiddleware<Env>(async (c, next) => {
    const jwt = await bearer(c);
    const client = clientFor(c, jwt);
    const key = idempotencyKey(c);
    const request_hash = key === undefined ? null : await hashOf(c);
    const begun = await client.rpc("begin_request", {
      operation,
      idempotency_key: key ?? null,
      request_hash,
    });
    const admission: Admission = accepted(begun);
    tellBudget(c, admission);
    const earlier = answered(admission);
    if (earlier !== undefined) {
      return earlier;
    }
    c.set("caller", { id: admission.user_id, jwt, client });
    await next();
    if (key !== undefined && admission.idempotency === "fresh") {
      await client.rpc("end_request", { idempotency_key: key, response: await stored(c.res) });
    }
  });
}

async function bearer(c: Context<Env>): Promise<string> {
  const [scheme, token, rest] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() !== "bearer" || !token || rest !== undefined) {
    throw unauthenticated(
      "The request has no bearer token.",
      "Sign in, or make a personal API token, and send it as Authorization: Bearer.",
    );
  }
  return isApiToken(token) ? (await exchange(c, token)).access_token : token;
}

function idempotencyKey(c: Context<Env>): string | undefined {
  const key = c.req.method === "POST" ? c.req.header("idempotency-key") : undefined;
  if (key !== undefined && !KEY.test(key)) {
    throw new Problem(422, "invalid_input", "The Idempotency-Key cannot be used.", {
      errors: [
        {
          location: "header",
          pointer: "/idempotency-key",
          code: "invalid_format",
          detail: "1 to 255 visible ASCII characters",
        },
      ],
    });
  }
  return key;
}

async function hashOf(c: Context<Env>): Promise<string> {
  const { pathname, search } = new URL(c.req.url);
  const text = new TextEncoder().encode(`${c.req.method} ${pathname}${search}\n${await c.req.text()}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The fields of draft-ietf-httpapi-ratelimit-headers. */
function tellBudget(c: Context<Env>, { budget }: Admission): void {
  c.header("ratelimit-policy", `"${budget.name}";q=${budget.capacity};w=${budget.window_seconds}`);
  c.header("ratelimit", `"${budget.name}";r=${budget.remaining};t=${budget.reset_seconds}`);
}

/** The answer that is clear before the work begins. */
function answered(admission: Admission): Response | undefined {
  if (!admission.allowed) {
    const seconds = String(admission.retry_after_seconds);
    throw new Problem(429, "rate_limited", "You have asked too often.", {
      hint: `Wait ${seconds} seconds.`,
      headers: { "retry-after": seconds },
    });
  }
  switch (admission.idempotency) {
    case "mismatch":
      throw new Problem(
        409,
        "idempotency_key_reused",
        "This Idempotency-Key came with another request before.",
        { hint: "Make a new key for each new request." },
      );
    case "in_progress":
      throw new Problem(
        409,
        "idempotency_in_progress",
        "The first request with this Idempotency-Key is not over.",
        { hint: "Ask again in a moment." },
      );
    case "replay": {
      const { status, headers, body } = admission.response as Stored;
      return new Response(body === "" ? null : body, {
        status,
        headers: { ...headers, "idempotent-replayed": "true" },
      });
    }
  }
}

/** What a repeated request is answered with; nothing when it should be done anew. */
async function stored(response: Response): Promise<Stored | null> {
  if (response.status >= 500 || TRANSIENT.includes(response.status)) {
    return null;
  }
  const body = await response.clone().text();
  if (body.length > LARGEST_STORED_ANSWER) {
    return null;
  }
  const kept = ["content-type", "location"].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: response.status, headers: Object.fromEntries(kept), body };
}
