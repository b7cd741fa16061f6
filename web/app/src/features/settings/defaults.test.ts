import { describe, expect, it } from "vitest";
import { defaultsOf, FIRST_DEFAULTS } from "./defaults";

describe("defaults", () => {
  it.each([
    {},
    { defaults: null },
    { defaults: [] },
    { defaults: "x" },
    { defaults: { exportFormat: "docx", minConfidence: 7, headersFooters: 1 } },
  ])("of %j are as at first", (settings) => expect(defaultsOf(settings)).toEqual(FIRST_DEFAULTS));

  it("are what was kept", () => {
    const kept = {
      exportFormat: "html",
      headersFooters: true,
      minConfidence: 0.5,
      checkDuplicates: false,
    } as const;
    expect(defaultsOf({ defaults: kept, other: 1 })).toEqual(kept);
  });
});
