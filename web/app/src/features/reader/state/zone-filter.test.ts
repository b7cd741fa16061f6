import { describe, expect, it } from "vitest";
import { isFiltering, isShown, strengthOf } from "./zone-filter";

describe("the filter of zones", () => {
  it("hides kinds and what is not sure enough", () => {
    const filter = { hiddenKinds: ["footer" as const], minConfidence: 0.8 };
    expect(isShown({ kind: "paragraph", confidence: 0.8 }, filter)).toBe(true);
    expect(isShown({ kind: "paragraph", confidence: Math.fround(0.8) }, filter)).toBe(true);
    expect(
      isShown({ kind: "paragraph", confidence: Math.fround(0.7) }, { ...filter, minConfidence: 0.7 }),
    ).toBe(true);
    expect(isShown({ kind: "paragraph", confidence: 0.79 }, filter)).toBe(false);
    expect(isShown({ kind: "footer", confidence: 1 }, filter)).toBe(false);
  });

  it("knows whether anything is left out", () => {
    expect(isFiltering({ hiddenKinds: [], minConfidence: 0 })).toBe(false);
    expect(isFiltering({ hiddenKinds: ["table"], minConfidence: 0 })).toBe(true);
    expect(isFiltering({ hiddenKinds: [], minConfidence: 0.1 })).toBe(true);
  });

  it("draws the surer stronger and nothing invisible", () => {
    expect(strengthOf(0)).toBeGreaterThan(0.3);
    expect(strengthOf(0.9)).toBeGreaterThan(strengthOf(0.5));
    expect(strengthOf(7)).toBe(1);
  });
});
