// Personal API tokens become access tokens here; they are made, listed and revoked through the database itself.

import { createRoute, z } from "@hono/zod-openapi";
import { unauthenticated } from "../platform/problem.ts";
import { exchange, isApiToken } from "../platform/tokens.ts";
import { answers, bearerSecurity, problems, type Router } from "./router.ts";

const AccessSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal("bearer"),
    expires_in: z.int().openapi({ description: "Seconds." }),
    expires_at: z.int().openapi({ description: "Seconds since 1970." }),
    scope: z.enum(["read", "write"]),
  })
  .openapi("AccessToken");

const route = createRoute({
  method: "post",
  path: "/tokens:exchange",
  operationId: "exchangeToken",
  tags: ["Tokens"],
  summary: "Exchange a personal API token for an access token",
  description:
    "Send the personal API token as Authorization: Bearer. The access token works with this API, PostgREST, Storage and Realtime.",
  security: bearerSecurity,
  responses: { 200: answers("The access token.", AccessSchema), ...problems(401, 503) },
});

export function addTokens(router: Router): void {
  router.openapi(route, async (c) => {
    const token = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined || !isApiToken(token)) {
      throw unauthenticated(
        "The request has no personal API token.",
        "Make one with create_api_token, and send it as Authorization: Bearer.",
      );
    }
    c.header("cache-control", "no-store");
    return c.json(await exchange(c, token), 200);
  });
}
