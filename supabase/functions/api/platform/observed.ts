// Every request has an id and a place in a trace, and leaves one line in the log.

import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Env, Trace } from "./context.ts";
import { log } from "./log.ts";

const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** Version 00 of https://www.w3.org/TR/trace-context/. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

export const observed = createMiddleware<Env>(async (c, next) => {
  const given = c.req.header("x-request-id");
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : crypto.randomUUID();
  const trace = traceOf(c.req.header("traceparent"));
  c.set("requestId", requestId);
  c.set("trace", trace);
  c.header("x-request-id", requestId);
  const begun = performance.now();
  await next();
  log(c.res.status >= 500 ? "error" : "info", "request", {
    request_id: requestId,
    trace_id: trace.traceId,
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    duration_ms: Math.round(performance.now() - begun),
  });
});

/** The caller's trace with a new span, or a new trace. */
export function traceOf(traceparent: string | undefined): Trace {
  const [, given, flags] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  const traceId = given ?? randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-${flags ?? "01"}` };
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
