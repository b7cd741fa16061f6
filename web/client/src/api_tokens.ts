import { answered, type CallOptions, type ZonedSupabase } from "./context.js";
import {
  type ApiToken,
  apiTokenOf,
  type NewApiToken,
  newApiTokenOf,
  type TokenScope,
} from "./model/api_token.js";
import { ROWS_AT_ONCE } from "./paging.js";

/** A token to make. */
export interface ApiTokenRequest {
  /** What its owner calls it, 1 to 100 characters. */
  readonly name: string;
  /** `read` when not given. */
  readonly scope?: TokenScope | undefined;
  /** After how many days it ends by itself, 1 to 365; 90 when not given. */
  readonly expiresInDays?: number | undefined;
}

/**
 * Personal API tokens: for scripts that act in a person's name without a password.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function replaceUnused({ apiTokens }: ZonedClient) {
 *   for (const { id, lastUsedAt, revokedAt } of await apiTokens.list()) {
 *     if (lastUsedAt === null && revokedAt === null) await apiTokens.revoke(id);
 *   }
 *   return apiTokens.create({ name: "Nightly script", scope: "read", expiresInDays: 30 });
 * }
 * ```
 */
export interface ApiTokens {
  /** All of the caller's, those that have ended too, the latest first. */
  list(options?: CallOptions): Promise<ApiToken[]>;
  /**
   * Makes one. Its `token` is in this answer and nowhere else: show it, or keep it, now. Rejects with `conflict` when there
   * are too many, and with `forbidden` when the caller is a token itself.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function tokenForBackups(zoned: ZonedClient) {
   *   const { token, expiresAt } = await zoned.apiTokens.create({ name: "Backups", scope: "read" });
   *   return { token, until: new Date(expiresAt) };
   * }
   * ```
   */
  create(token: ApiTokenRequest): Promise<NewApiToken>;
  /** Ends one for good, whatever its state. Rejects with `not_found`. */
  revoke(id: string): Promise<ApiToken>;
}

export function apiTokensOf(supabase: ZonedSupabase): ApiTokens {
  return {
    async list(options) {
      const rows = await answered(
        supabase
          .from("api_tokens")
          .select("*")
          .order("created_at", { ascending: false })
          .order("id")
          .limit(ROWS_AT_ONCE),
        options,
      );
      return rows.map(apiTokenOf);
    },
    async create({ name, scope, expiresInDays }) {
      const answer = await answered(
        supabase.rpc("create_api_token", {
          name,
          ...(scope === undefined ? {} : { scope }),
          ...(expiresInDays === undefined ? {} : { expires_in_days: expiresInDays }),
        }),
      );
      return newApiTokenOf(answer);
    },
    async revoke(id) {
      return apiTokenOf(await answered(supabase.rpc("revoke_api_token", { token_id: id })));
    },
  };
}
