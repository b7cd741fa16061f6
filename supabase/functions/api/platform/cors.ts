// Pages of the configured origins may call; to others a browser shows nothing.

import type { MiddlewareHandler } from "hono";
import { cors as honoCors } from "hono/cors";
import { allowedOrigins } from "./environment.ts";

export function cors(): MiddlewareHandler {
  return honoCors({
    origin: (origin) => (allowedOrigins().includes(origin) ? origin : undefined),
    allowMethods: ["GET", "POST", "DELETE"],
    allowHeaders: [
      "authorization",
      "apikey",
      "content-type",
      "idempotency-key",
      "last-event-id",
      "traceparent",
      "x-client-info",
      "x-request-id",
    ],
    exposeHeaders: ["location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"],
    maxAge: 86400,
  });
}
