import * as z from "zod/mini";
import type { Database } from "../database.types.js";

/** Everything that webhooks are told of. */
export const WEBHOOK_EVENTS = ["document.ready", "document.failed", "export.ready", "export.failed"] as const;
/** What a webhook can be told of. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** An address that is told what happens to its owner's documents and exports. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** What it is told of; what is newer than this package is left out. */
  readonly events: readonly WebhookEvent[];
  readonly description: string;
  /** Whether anything is sent. An answer of 410 switches it off. */
  readonly enabled: boolean;
  readonly createdAt: string;
}

/** Where a delivery is: `failed` after the last attempt came to nothing. */
export type DeliveryState = Database["public"]["Enums"]["delivery_state"];

/** Something that was or is to be sent to a webhook. Kept for 30 days. */
export interface WebhookDelivery {
  /** Header `webhook-id`: the same at each attempt. */
  readonly id: string;
  readonly webhookId: string;
  /** A {@link WebhookEvent}, or `webhook.test`. */
  readonly event: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** While `pending`: not tried before this time. */
  readonly nextAttemptAt: string;
  /** HTTP status of the last answer; null without one. */
  readonly responseStatus: number | null;
  /** Why the last attempt came to nothing. */
  readonly error: string | null;
  readonly createdAt: string;
  readonly deliveredAt: string | null;
}

/** How a test delivery went. */
export interface WebhookTest {
  readonly deliveryId: string;
  readonly state: "delivered" | "failed";
  /** HTTP status of the answer; null without one. */
  readonly responseStatus: number | null;
  /** Why it came to nothing. */
  readonly error: string | null;
}

export const webhookRowSchema: z.ZodMiniType<
  Omit<Database["public"]["Tables"]["webhooks"]["Row"], "owner" | "updated_at">
> = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  description: z.string(),
  enabled: z.boolean(),
  created_at: z.string(),
});

export const webhookTestSchema = z.object({
  delivery_id: z.string(),
  state: z.enum(["delivered", "failed"]),
  response_status: z.nullable(z.number()),
  error: z.nullable(z.string()),
});

export function webhookOf(row: z.infer<typeof webhookRowSchema>): Webhook {
  return {
    id: row.id,
    url: row.url,
    events: WEBHOOK_EVENTS.filter((event) => row.events.includes(event)),
    description: row.description,
    enabled: row.enabled,
    createdAt: row.created_at,
  };
}

export function deliveryOf(
  row: Omit<Database["public"]["Tables"]["webhook_deliveries"]["Row"], "owner" | "payload">,
): WebhookDelivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    responseStatus: row.response_status,
    error: row.error,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
  };
}
