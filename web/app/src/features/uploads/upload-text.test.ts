import type { UploadState } from "@zoned/client";
import { describe, expect, it } from "vitest";
import { isShown, isUnderWay, uploadProgress, uploadText } from "./upload-text";

const upload: UploadState = {
  id: "u",
  name: "report.pdf",
  size: 12_000_000,
  status: "uploading",
  sent: 3_000_000,
  speed: 1_500_000,
  secondsLeft: 6,
  resumed: false,
  documentId: "d",
  duplicateOf: null,
  error: null,
};

describe("an upload in words", () => {
  it("tells bytes, speed and time left", () => {
    expect(uploadText(upload)).toBe("3 MB of 12 MB · 1.5 MB/s · 6 s left");
    expect(uploadText({ ...upload, speed: null, secondsLeft: null })).toBe("3 MB of 12 MB");
    expect(uploadText({ ...upload, speed: null, secondsLeft: 0.3, resumed: true })).toBe(
      "3 MB of 12 MB · goes on where it stopped",
    );
  });

  it("says what is waited for when all is sent", () => {
    expect(uploadText({ ...upload, sent: upload.size })).toBe(
      "12 MB sent · waiting for the server to finish",
    );
  });

  it("measures only what moves", () => {
    expect(uploadProgress(upload)).toBe(0.25);
    expect(uploadProgress({ ...upload, size: 0, sent: 0 })).toBeNull();
    expect(uploadProgress({ ...upload, status: "failed" })).toBeUndefined();
  });

  it("goes from sight when it is over, and warns of leaving only while it goes on", () => {
    const statuses = ["waiting", "uploading", "paused", "failed", "duplicate", "done", "canceled"] as const;
    expect(statuses.filter((status) => isShown({ ...upload, status }))).toEqual([
      "waiting",
      "uploading",
      "paused",
      "failed",
      "duplicate",
    ]);
    expect(statuses.filter((status) => isUnderWay({ ...upload, status }))).toEqual([
      "waiting",
      "uploading",
      "paused",
    ]);
  });
});
