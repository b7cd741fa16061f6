import { answered, answeredMaybe, type CallOptions, type ZonedSupabase } from "./context.js";
import { functionAnswer, isFunctionAvailable } from "./edge_function.js";
import { ZonedError } from "./error.js";
import { read } from "./model/json.js";
import {
  deliveryOf,
  type Webhook,
  type WebhookDelivery,
  type WebhookEvent,
  type WebhookTest,
  webhookOf,
  webhookRowSchema,
  webhookTestSchema,
} from "./model/webhook.js";
import { latestFirst, ROWS_AT_ONCE, type Slice } from "./paging.js";

/** A webhook to make. */
export interface NewWebhook {
  /** https, on the public internet. */
  readonly url: string;
  /** At least one. */
  readonly events: readonly WebhookEvent[];
  /** What its owner notes about it, at most 200 characters. */
  readonly description?: string | undefined;
}

/** What of a webhook can be changed. */
export type WebhookChange = Partial<Pick<Webhook, "events" | "description" | "enabled">>;

/**
 * Webhooks: addresses that are told, by signed requests, what happens to the caller's documents and exports. Making, testing
 * and all sending is done by the project's Edge Function `api`.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function tellUs({ webhooks }: ZonedClient, url: string) {
 *   if (!(await webhooks.isAvailable())) throw new Error("This project sends no webhooks.");
 *   const present = (await webhooks.list()).find((webhook) => webhook.url === url);
 *   const { id } = present ?? (await webhooks.create({ url, events: ["document.ready"], description: "Our archive" }));
 *   const { state, responseStatus } = await webhooks.test(id);
 *   if (state === "failed") await webhooks.update(id, { enabled: false });
 *   if (responseStatus === 410) await webhooks.delete(id);
 *   const { items } = await webhooks.deliveries({ webhookId: id });
 *   return { secret: await webhooks.secret(), failed: items.filter((delivery) => delivery.state === "failed") };
 * }
 *
 * const leaked = ({ webhooks }: ZonedClient) => webhooks.rotateSecret();
 * ```
 */
export interface Webhooks {
  /**
   * Whether the project has the Edge Function that makes and sends them, and answers to this page. Rejects when the project
   * as a whole does not answer.
   */
  isAvailable(options?: CallOptions): Promise<boolean>;
  /** All of the caller's, the latest first. */
  list(options?: CallOptions): Promise<Webhook[]>;
  /**
   * Makes one. Rejects with `invalid` when the address is none that may be called.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function onFailure(zoned: ZonedClient) {
   *   return zoned.webhooks.create({ url: "https://example.com/zoned", events: ["document.failed", "export.failed"] });
   * }
   * ```
   */
  create(webhook: NewWebhook): Promise<Webhook>;
  /** Changes one. Rejects with `not_found`. */
  update(id: string, change: WebhookChange): Promise<Webhook>;
  /** Deletes one with its deliveries. */
  delete(id: string): Promise<void>;
  /** Sends a test delivery now, and tells how it went; that it failed is an answer, not an error. */
  test(id: string): Promise<WebhookTest>;
  /** What was or is to be sent, the latest first, to one webhook if asked for. */
  deliveries(
    query?: { readonly webhookId?: string | undefined; readonly pageSize?: number | undefined },
    cursor?: string | null,
    options?: CallOptions,
  ): Promise<Slice<WebhookDelivery>>;
  /**
   * The secret that signs all of the caller's deliveries, in the form of standardwebhooks.com: `whsec_` and base64. Made at
   * the first call.
   */
  secret(): Promise<string>;
  /** Makes a new secret and gives it; the old one signs nothing from now on. */
  rotateSecret(): Promise<string>;
}

const COLUMNS = "id,url,events,description,enabled,created_at";
const DELIVERY_COLUMNS =
  "id,webhook_id,event,state,attempts,next_attempt_at,response_status,error,created_at,delivered_at";

export function webhooksOf(supabase: ZonedSupabase): Webhooks {
  async function list(options?: CallOptions) {
    const rows = await answered(
      supabase
        .from("webhooks")
        .select(COLUMNS)
        .order("created_at", { ascending: false })
        .order("id")
        .limit(ROWS_AT_ONCE),
      options,
    );
    return rows.map(webhookOf);
  }

  return {
    isAvailable: (options) => isFunctionAvailable(supabase, () => list(options), options),
    list,
    async create({ url, events, description }) {
      // Not by a row of the table: the function looks at the address first.
      const answer = await functionAnswer(supabase, {
        method: "POST",
        path: "webhooks",
        body: { url, events, ...(description === undefined ? {} : { description }) },
      });
      return webhookOf(read(webhookRowSchema, answer, "The webhook"));
    },
    async update(id, { events, description, enabled }) {
      const change = {
        ...(events === undefined ? {} : { events: [...events] }),
        ...(description === undefined ? {} : { description }),
        ...(enabled === undefined ? {} : { enabled }),
      };
      const row = await answeredMaybe(
        supabase.from("webhooks").update(change).eq("id", id).select(COLUMNS).maybeSingle(),
      );
      if (!row) throw new ZonedError({ code: "not_found", message: "There is no such webhook." });
      return webhookOf(row);
    },
    async delete(id) {
      await answered(supabase.from("webhooks").delete().eq("id", id).select("id"));
    },
    async test(id) {
      const request = { method: "POST", path: `webhooks/${encodeURIComponent(id)}/test` } as const;
      const answer = await functionAnswer(supabase, request);
      const test = read(webhookTestSchema, answer, "The outcome of the test");
      return {
        deliveryId: test.delivery_id,
        state: test.state,
        responseStatus: test.response_status,
        error: test.error,
      };
    },
    deliveries(query = {}, cursor, options) {
      const all = supabase.from("webhook_deliveries").select(DELIVERY_COLUMNS);
      const wanted = query.webhookId === undefined ? all : all.eq("webhook_id", query.webhookId);
      return latestFirst(wanted, deliveryOf, { pageSize: query.pageSize, cursor, ...options });
    },
    secret: () => answered(supabase.rpc("webhook_secret")),
    rotateSecret: () => answered(supabase.rpc("rotate_webhook_secret")),
  };
}
