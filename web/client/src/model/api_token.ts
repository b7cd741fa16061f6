import * as z from "zod/mini";
import { Constants, type Database } from "../database.types.js";
import { read } from "./json.js";

/** What a personal API token may do: `read` writes nothing, `write` may do what its owner may, but make no tokens. */
export type TokenScope = Database["public"]["Enums"]["token_scope"];

/** A personal API token: everything but the token itself, which is shown once and kept nowhere. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  /** How the token begins, to tell which one it is. */
  readonly prefix: string;
  readonly createdAt: string;
  /** When it ends by itself. */
  readonly expiresAt: string;
  /** When it was last exchanged for an access token, to the minute; null if never. */
  readonly lastUsedAt: string | null;
  /** When it was ended. Access tokens made from it end five minutes later at the latest. */
  readonly revokedAt: string | null;
}

/** A token that was just made. */
export interface NewApiToken extends ApiToken {
  /** The token in full. Nobody can ever read it again. */
  readonly token: string;
}

type TokenRow = Omit<Database["public"]["Tables"]["api_tokens"]["Row"], "owner">;

const newTokenSchema: z.ZodMiniType<TokenRow & { readonly token: string }> = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum([...Constants.public.Enums.token_scope]),
  prefix: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.nullable(z.string()),
  revoked_at: z.nullable(z.string()),
  token: z.string(),
});

export function apiTokenOf(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    prefix: row.prefix,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}

export function newApiTokenOf(answer: unknown): NewApiToken {
  const { token, ...row } = read(newTokenSchema, answer, "The new token");
  return { ...apiTokenOf(row), token };
}
