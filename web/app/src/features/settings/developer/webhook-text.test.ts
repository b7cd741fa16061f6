import type { WebhookDelivery } from "@zoned/client";
import { describe, expect, it } from "vitest";
import { deliveryText, eventText, testText } from "./webhook-text";

const now = new Date("2026-03-10T12:00:00Z");
const delivery: WebhookDelivery = {
  id: "d",
  webhookId: "w",
  event: "document.ready",
  state: "pending",
  attempts: 0,
  nextAttemptAt: "2026-03-10T12:00:00Z",
  responseStatus: null,
  error: null,
  createdAt: "2026-03-10T11:55:00Z",
  deliveredAt: null,
};

describe("a delivery", () => {
  it("tells how it went", () => {
    expect(deliveryText(delivery, now)).toBe("Not sent yet.");
    const refused = {
      ...delivery,
      attempts: 2,
      responseStatus: 500,
      error: "The address answered with status 500.",
    };
    expect(deliveryText({ ...refused, nextAttemptAt: "2026-03-10T12:03:00Z" }, now)).toBe(
      "The address answered with status 500. Tried again in 3 minutes.",
    );
    expect(deliveryText({ ...refused, state: "failed", attempts: 8 }, now)).toBe(
      "The address answered with status 500. Given up after 8 attempts.",
    );
    const done = {
      ...delivery,
      state: "delivered",
      responseStatus: 204,
      deliveredAt: "2026-03-10T11:00:00Z",
    } as const;
    expect(deliveryText(done, now)).toBe("1 hour ago, answered 204");
  });

  it("names what it tells of, also what is newer than the app", () => {
    expect(eventText("export.failed")).toBe("An export failed");
    expect(eventText("webhook.test")).toBe("Test");
    expect(eventText("zone.edited")).toBe("zone.edited");
  });
});

describe("a test", () => {
  it("says what came back, or why nothing did", () => {
    const test = { deliveryId: "d", state: "delivered", responseStatus: 200, error: null } as const;
    expect(testText(test)).toBe("The address answered 200.");
    const unreachable = {
      ...test,
      state: "failed",
      responseStatus: null,
      error: "Its name cannot be resolved.",
    } as const;
    expect(testText(unreachable)).toBe("Its name cannot be resolved.");
  });
});
