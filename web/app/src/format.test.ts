import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatDuration, formatWhen } from "./format";

describe("formats for people", () => {
  it.each([
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1000, "1 KB"],
    [1536, "1.54 KB"],
    [999_499, "999 KB"],
    [999_600, "1 MB"],
    [12_345_678, "12.3 MB"],
    [5_368_709_120, "5.37 GB"],
  ])("%d bytes is %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, "0 s"],
    [59.6, "1 min"],
    [61, "1 min 1 s"],
    [120, "2 min"],
    [1234, "21 min"],
    [3600, "1 h"],
    [5400, "1 h 30 min"],
  ])("%d seconds is %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it("counts one and many", () => {
    expect(formatCount(1, "page")).toBe("1 page");
    expect(formatCount(2000, "page")).toBe("2,000 pages");
  });

  it.each([
    ["2026-11-24T11:59:30Z", "just now"],
    ["2026-11-24T11:57:00Z", "3 minutes ago"],
    ["2026-11-24T14:00:00Z", "in 2 hours"],
    ["2026-11-23T12:00:00Z", "yesterday"],
    ["2026-11-01T12:00:00Z", "Nov 1"],
    ["2025-11-01T12:00:00Z", "Nov 1, 2025"],
  ])("%s seen from noon of 24 November 2026 is %s", (at, text) => {
    expect(formatWhen(new Date(at), new Date("2026-11-24T12:00:00Z"))).toBe(text);
  });
});
