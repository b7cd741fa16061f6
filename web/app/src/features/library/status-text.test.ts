import { describe, expect, it } from "vitest";
import { statusText } from "./status-text";

const progress = {
  jobId: "j",
  stage: "pages",
  pagesDone: 12,
  pagesTotal: 57,
  percent: 25,
  etaSeconds: 8,
  message: null,
} as const;
const none = { error: null, pageCount: null, progress: null };

describe("what a document is doing", () => {
  it("counts pages and tells the time left", () => {
    expect(statusText({ ...none, status: "processing", progress })).toEqual({
      label: "12 of 57 pages",
      tone: "accent",
      progress: 0.25,
      detail: "8 s left",
    });
  });

  it("does not promise an end within a second", () => {
    expect(
      statusText({ ...none, status: "processing", progress: { ...progress, etaSeconds: 0.4 } }),
    ).not.toHaveProperty("detail");
  });

  it("knows no measure before the file is open", () => {
    expect(statusText({ ...none, status: "processing" }).progress).toBeNull();
    expect(statusText({ ...none, status: "queued" }).progress).toBeNull();
  });

  it("shows how far it was when it waits to go on", () => {
    expect(statusText({ ...none, status: "queued", progress })).toMatchObject({
      label: "Waiting to go on",
      progress: 0.25,
    });
  });

  it("says why it failed; a cancellation is no failure", () => {
    expect(
      statusText({
        ...none,
        status: "failed",
        error: { code: "not_a_pdf", message: "it is no PDF; upload another" },
      }),
    ).toMatchObject({
      label: "Failed",
      tone: "danger",
      detail: "It is no PDF; upload another.",
    });
    expect(
      statusText({ ...none, status: "failed", error: { code: "canceled", message: "Canceled on request." } }),
    ).toMatchObject({
      label: "Canceled",
      tone: "neutral",
    });
  });
});
