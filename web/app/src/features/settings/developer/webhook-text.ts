import type { DeliveryState, WebhookDelivery, WebhookEvent, WebhookTest } from "@zoned/client";
import type { Tone } from "@/components/badge";
import { formatCount, formatWhen } from "@/format";

export const EVENTS: Record<WebhookEvent, string> = {
  "document.ready": "A document is ready",
  "document.failed": "A document failed",
  "export.ready": "An export is ready",
  "export.failed": "An export failed",
};

export const DELIVERY_STATES: Record<DeliveryState, { label: string; tone: Tone }> = {
  pending: { label: "On its way", tone: "accent" },
  delivered: { label: "Delivered", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
};

/** What happened that a delivery tells of. */
export function eventText(event: string): string {
  if (event === "webhook.test") return "Test";
  return EVENTS[event as WebhookEvent] ?? event;
}

/** How a delivery went so far. */
export function deliveryText(delivery: WebhookDelivery, now: Date = new Date()): string {
  const { state, attempts, responseStatus, error, nextAttemptAt, deliveredAt } = delivery;
  if (state === "delivered") {
    const answer = responseStatus === null ? "" : `, answered ${responseStatus}`;
    return `${formatWhen(new Date(deliveredAt ?? delivery.createdAt), now)}${answer}`;
  }
  const why = error ?? (responseStatus === null ? "Not sent yet." : `It answered ${responseStatus}.`);
  if (state === "failed") return `${why} Given up after ${formatCount(attempts, "attempt")}.`;
  return attempts === 0 ? why : `${why} Tried again ${formatWhen(new Date(nextAttemptAt), now)}.`;
}

/** How a test went, in a sentence. */
export function testText({ state, responseStatus, error }: WebhookTest): string {
  if (state === "delivered") return `The address answered ${responseStatus ?? "well"}.`;
  return error ?? `The address answered ${responseStatus ?? "nothing"}.`;
}
