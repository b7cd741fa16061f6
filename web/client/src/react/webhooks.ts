import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Webhook } from "../model/webhook.js";
import type { NewWebhook, WebhookChange } from "../webhooks.js";
import { itemsOf } from "./cache.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/** While a delivery is on its way, it is looked after so often, milliseconds. */
const DELIVERY_PAUSE = 5000;

/**
 * The caller's webhooks, the latest first; asked for anew whenever a component that shows them appears.
 *
 * @example
 * ```tsx
 * import { useWebhooks } from "@zoned/client/react";
 *
 * export function Webhooks() {
 *   const { data: webhooks = [] } = useWebhooks();
 *   return webhooks.map(({ id, url, enabled }) => <p key={id}>{url} {enabled ? "" : "(off)"}</p>);
 * }
 * ```
 */
export function useWebhooks() {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.webhooks.list(),
    queryFn: ({ signal }) => zoned.webhooks.list({ signal }),
    staleTime: 0,
  });
}

/**
 * Whether the project can make and send webhooks at all: its Edge Function may not be deployed.
 *
 * @example
 * ```tsx
 * import { useWebhooksAvailable } from "@zoned/client/react";
 *
 * export function Note() {
 *   const { data: available } = useWebhooksAvailable();
 *   return available === false ? <p>This project sends no webhooks.</p> : null;
 * }
 * ```
 */
export function useWebhooksAvailable() {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.webhooks.available(),
    queryFn: ({ signal }) => zoned.webhooks.isAvailable({ signal }),
  });
}

/**
 * Makes a webhook.
 *
 * @example
 * ```tsx
 * import { useCreateWebhook } from "@zoned/client/react";
 *
 * export function TellArchive() {
 *   const create = useCreateWebhook();
 *   const archive = { url: "https://example.com/zoned", events: ["document.ready"] } as const;
 *   return <button type="button" onClick={() => create.mutate(archive)}>{create.error?.message ?? "Tell the archive"}</button>;
 * }
 * ```
 */
export function useCreateWebhook() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (webhook: NewWebhook) => zoned.webhooks.create(webhook),
    onSuccess: (made) => {
      queries.setQueryData<Webhook[]>(
        zonedKeys.webhooks.list(),
        (webhooks) => webhooks && [made, ...webhooks],
      );
    },
  });
}

/**
 * Changes a webhook, or switches it on or off: shown at once, taken back when it fails.
 *
 * @example
 * ```tsx
 * import type { Webhook } from "@zoned/client";
 * import { useUpdateWebhook } from "@zoned/client/react";
 *
 * export function Switch({ webhook: { id, enabled } }: { webhook: Webhook }) {
 *   const update = useUpdateWebhook();
 *   return <input type="checkbox" checked={enabled} onChange={() => update.mutate({ id, change: { enabled: !enabled } })} />;
 * }
 * ```
 */
export function useUpdateWebhook() {
  const zoned = useZoned();
  const queries = useQueryClient();
  const queryKey = zonedKeys.webhooks.list();
  const replace = (id: string, next: (webhook: Webhook) => Webhook) =>
    queries.setQueryData<Webhook[]>(queryKey, (webhooks) =>
      webhooks?.map((webhook) => (webhook.id === id ? next(webhook) : webhook)),
    );
  return useMutation({
    mutationFn: ({ id, change }: { id: string; change: WebhookChange }) => zoned.webhooks.update(id, change),
    onMutate: async ({ id, change }) => {
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueryData<Webhook[]>(queryKey)?.find((webhook) => webhook.id === id);
      replace(id, (webhook) => ({ ...webhook, ...change }));
      return { before };
    },
    onSuccess: (changed) => replace(changed.id, () => changed),
    onError: (_error, { id }, context) => {
      const before = context?.before;
      if (before) replace(id, () => before);
    },
  });
}

/**
 * Deletes a webhook with its deliveries.
 *
 * @example
 * ```tsx
 * import { useDeleteWebhook } from "@zoned/client/react";
 *
 * export function DeleteWebhook({ id }: { id: string }) {
 *   const remove = useDeleteWebhook();
 *   return <button type="button" onClick={() => remove.mutate(id)}>Delete</button>;
 * }
 * ```
 */
export function useDeleteWebhook() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.webhooks.delete(id),
    onSuccess: (_nothing, id) => {
      queries.setQueryData<Webhook[]>(zonedKeys.webhooks.list(), (webhooks) =>
        webhooks?.filter((webhook) => webhook.id !== id),
      );
      queries.removeQueries({ queryKey: zonedKeys.webhooks.deliveries(id) });
    },
  });
}

/**
 * Sends a test delivery; `data` tells how it went.
 *
 * @example
 * ```tsx
 * import { useTestWebhook } from "@zoned/client/react";
 *
 * export function TestWebhook({ id }: { id: string }) {
 *   const test = useTestWebhook();
 *   return <button type="button" onClick={() => test.mutate(id)}>{test.data?.error ?? test.data?.state ?? "Test"}</button>;
 * }
 * ```
 */
export function useTestWebhook() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.webhooks.test(id),
    onSettled: (_test, _error, id) =>
      queries.invalidateQueries({ queryKey: zonedKeys.webhooks.deliveries(id) }),
  });
}

/**
 * What was or is to be sent to a webhook, the latest first. Looked at again while a delivery is on its way.
 *
 * @example
 * ```tsx
 * import { useWebhookDeliveries } from "@zoned/client/react";
 *
 * export function Deliveries({ webhookId }: { webhookId: string }) {
 *   const { deliveries } = useWebhookDeliveries(webhookId);
 *   return deliveries.map(({ id, event, state, error }) => <p key={id}>{event}: {error ?? state}</p>);
 * }
 * ```
 */
export function useWebhookDeliveries(webhookId: string) {
  const zoned = useZoned();
  const result = useInfiniteQuery({
    queryKey: zonedKeys.webhooks.deliveries(webhookId),
    queryFn: ({ pageParam, signal }) => zoned.webhooks.deliveries({ webhookId }, pageParam, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (slice) => slice.nextCursor,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      itemsOf(state.data).some((delivery) => delivery.state === "pending") && DELIVERY_PAUSE,
  });
  const { data } = result;
  const deliveries = useMemo(() => itemsOf(data), [data]);
  return { ...result, deliveries };
}

/**
 * Asks for the secret that signs deliveries: in `data` until `reset` is called or the component is gone.
 *
 * @example
 * ```tsx
 * import { useWebhookSecret } from "@zoned/client/react";
 *
 * export function Secret() {
 *   const secret = useWebhookSecret();
 *   return <button type="button" onClick={() => secret.mutate()}>{secret.data ?? "Show the secret"}</button>;
 * }
 * ```
 */
export function useWebhookSecret() {
  const zoned = useZoned();
  return useMutation({ mutationFn: () => zoned.webhooks.secret(), gcTime: 0 });
}

/**
 * Makes a new secret that signs deliveries from now on: in `data` until `reset` is called or the component is gone.
 *
 * @example
 * ```tsx
 * import { useRotateWebhookSecret } from "@zoned/client/react";
 *
 * export function NewSecret() {
 *   const rotate = useRotateWebhookSecret();
 *   return <button type="button" onClick={() => rotate.mutate()}>{rotate.data ?? "Make a new secret"}</button>;
 * }
 * ```
 */
export function useRotateWebhookSecret() {
  const zoned = useZoned();
  return useMutation({ mutationFn: () => zoned.webhooks.rotateSecret(), gcTime: 0 });
}
