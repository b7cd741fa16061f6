// A personal API token becomes a short-lived access token of the project, which PostgREST, Storage and Realtime accept
// as they accept those of Auth.

import type { Context } from "hono";
import { sign } from "hono/jwt";
import type { Env } from "./context.ts";
import { projectUrl, tokenSigningKey } from "./environment.ts";
import { accepted, Problem } from "./problem.ts";
import { clientFor } from "./supabase.ts";

/** How long an access token works, and so how long a revoked API token may linger, in seconds. */
const LIFETIME = 300;
const PREFIX = "zoned_";
const ALGORITHMS: Record<string, string> = { EC: "ES256", oct: "HS256" };

export type Exchanged = {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
  expires_at: number;
  scope: "read" | "write";
};

type Redeemed = { token_id: string; owner: string; scope: "read" | "write" };

/** Whether this is such a token rather than an access token. */
export function isApiToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

export async function exchange(c: Context<Env>, token: string): Promise<Exchanged> {
  const redeemed: Redeemed = accepted(await clientFor(c, undefined).rpc("redeem_api_token", { token }));
  const { token_id, owner, scope } = redeemed;
  const issued = Math.floor(Date.now() / 1000);
  const expires = issued + LIFETIME;
  const claims = {
    iss: `${projectUrl()}/auth/v1`,
    aud: "authenticated",
    role: "authenticated",
    sub: owner,
    iat: issued,
    exp: expires,
    zoned_token: token_id,
    zoned_scope: scope,
    // No session of Auth has this id, so Auth refuses the bearer: an API token can't change a password or an address.
    session_id: token_id,
  };
  return {
    access_token: await signed(claims),
    token_type: "bearer",
    expires_in: LIFETIME,
    expires_at: expires,
    scope,
  };
}

/** A token over `claims`, signed with a private key in JSON (JWK): of a pair on P-256, or a shared secret. */
export async function signed(claims: Record<string, unknown>, text = tokenSigningKey()): Promise<string> {
  if (text === undefined) {
    throw new Problem(503, "tokens_not_set_up", "Personal API tokens are not set up in this project.", {
      hint: "The operator has to set ZONED_TOKEN_SIGNING_KEY; see docs/api.md.",
      cause: "ZONED_TOKEN_SIGNING_KEY is not set",
    });
  }
  const key = JSON.parse(text);
  const algorithm = ALGORITHMS[key.kty];
  if (algorithm === undefined) {
    throw new Error("ZONED_TOKEN_SIGNING_KEY is neither of kty EC nor oct");
  }
  return await sign(claims, { ...key, alg: algorithm });
}
