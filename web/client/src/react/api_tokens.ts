import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiTokenRequest } from "../api_tokens.js";
import type { ApiToken } from "../model/api_token.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/**
 * The caller's personal API tokens, the latest first. No event tells of their use: they are asked for anew whenever a
 * component that shows them appears.
 *
 * @example
 * ```tsx
 * import { useApiTokens } from "@zoned/client/react";
 *
 * export function Tokens() {
 *   const { data: tokens = [] } = useApiTokens();
 *   return tokens.map(({ id, name, lastUsedAt }) => <p key={id}>{name}, last used {lastUsedAt ?? "never"}</p>);
 * }
 * ```
 */
export function useApiTokens() {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.apiTokens(),
    queryFn: ({ signal }) => zoned.apiTokens.list({ signal }),
    staleTime: 0,
  });
}

/**
 * Makes a personal API token. Its plain text is in `data.token` until `reset` is called or the component is gone, and kept
 * nowhere else.
 *
 * @example
 * ```tsx
 * import { useCreateApiToken } from "@zoned/client/react";
 *
 * export function NewToken() {
 *   const create = useCreateApiToken();
 *   if (create.data) return <button type="button" onClick={create.reset}>{create.data.token} Done</button>;
 *   return <button type="button" onClick={() => create.mutate({ name: "Script", scope: "read" })}>Make a token</button>;
 * }
 * ```
 */
export function useCreateApiToken() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: ApiTokenRequest) => zoned.apiTokens.create(request),
    // The plain text goes with the component that shows it.
    gcTime: 0,
    onSuccess: ({ token: _, ...made }) => {
      queries.setQueryData<ApiToken[]>(zonedKeys.apiTokens(), (tokens) => tokens && [made, ...tokens]);
    },
  });
}

/**
 * Ends a personal API token for good.
 *
 * @example
 * ```tsx
 * import { useRevokeApiToken } from "@zoned/client/react";
 *
 * export function Revoke({ id }: { id: string }) {
 *   const revoke = useRevokeApiToken();
 *   return <button type="button" disabled={revoke.isPending} onClick={() => revoke.mutate(id)}>Revoke</button>;
 * }
 * ```
 */
export function useRevokeApiToken() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.apiTokens.revoke(id),
    onSuccess: (revoked) => {
      queries.setQueryData<ApiToken[]>(zonedKeys.apiTokens(), (tokens) =>
        tokens?.map((token) => (token.id === revoked.id ? revoked : token)),
      );
    },
  });
}
