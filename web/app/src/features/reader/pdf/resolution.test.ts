import { describe, expect, it } from "vitest";
import { canvasSize, pixelBudget } from "./resolution";

describe("a page's resolution", () => {
  it("is that of the screen, up to twice the CSS pixels", () => {
    expect(canvasSize({ width: 600, height: 800 }, 1)).toEqual({ width: 600, height: 800 });
    expect(canvasSize({ width: 600, height: 800 }, 1.5)).toEqual({ width: 900, height: 1200 });
    expect(canvasSize({ width: 600, height: 800 }, 3)).toEqual({ width: 1200, height: 1600 });
  });

  it("is less where the canvas would be enormous", () => {
    const { width, height } = canvasSize({ width: 6000, height: 8000 }, 2);
    expect(width * height).toBeLessThanOrEqual(12_010_000);
    expect(width / height).toBeCloseTo(0.75);
  });

  it("leaves memory to small machines", () => {
    expect(pixelBudget(2)).toBeLessThan(pixelBudget(16));
    expect(pixelBudget(undefined)).toBe(pixelBudget(8));
  });
});
