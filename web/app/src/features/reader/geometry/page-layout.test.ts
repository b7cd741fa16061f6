import { describe, expect, it } from "vitest";
import {
  completeSizes,
  layoutPages,
  offsetOf,
  PAGE_GAP,
  PIXELS_A_POINT,
  pageAt,
  percentOf,
  positionAt,
  scaleOf,
  steppedScale,
} from "./page-layout";

const A4 = { width: 595, height: 842 };
const SLIDE = { width: 960, height: 540 };

/** 2,000 pages of three sizes. */
const sizes = Array.from({ length: 2000 }, (_, index) =>
  index % 7 === 0 ? SLIDE : index % 3 === 0 ? { width: 842, height: 1191 } : A4,
);

describe("the column of pages", () => {
  const layout = layoutPages(sizes, 1.3, 0);

  it("puts one page below the other with a gap", () => {
    for (let index = 1; index < sizes.length; index += 1) {
      const above = (layout.tops[index - 1] ?? 0) + (layout.heights[index - 1] ?? 0);
      expect(layout.tops[index]).toBe(above + PAGE_GAP);
    }
    expect(layout.width).toBe(Math.round(960 * 1.3));
  });

  it("knows the page at every offset", () => {
    for (let index = 0; index < sizes.length; index += 13) {
      const top = layout.tops[index] ?? 0;
      expect(pageAt(layout, top)).toBe(index);
      expect(pageAt(layout, top + (layout.heights[index] ?? 0) - 1)).toBe(index);
    }
    expect(pageAt(layout, -50)).toBe(0);
    expect(pageAt(layout, layout.total + 1000)).toBe(1999);
  });

  it("gives the same place at another zoom", () => {
    const place = positionAt(layout, 123_456);
    const zoomed = layoutPages(sizes, 2.6, 0);
    expect(positionAt(zoomed, offsetOf(zoomed, place))).toEqual({
      index: place.index,
      fraction: expect.closeTo(place.fraction, 6),
    });
  });

  it("turns with the pages", () => {
    const turned = layoutPages([SLIDE], 1, 90);
    expect([turned.widths[0], turned.heights[0]]).toEqual([540, 960]);
  });

  it("is empty for no pages", () => {
    const none = layoutPages([], 1, 0);
    expect(pageAt(none, 10)).toBe(0);
    expect(offsetOf(none, { index: 3, fraction: 0.5 })).toBe(0);
  });
});

describe("sizes of pages nobody has read yet", () => {
  it("are those of the page before, or of the first known", () => {
    const known = new Map([
      [1, SLIDE],
      [3, A4],
    ]);
    expect(completeSizes(5, known)).toEqual([SLIDE, SLIDE, SLIDE, A4, A4]);
  });

  it("are A4 when nothing is known, and never absurd", () => {
    expect(completeSizes(1, new Map())).toEqual([A4]);
    expect(completeSizes(1, new Map([[0, { width: 1e9, height: 0 }]]))).toEqual([
      { width: 14_400, height: 1 },
    ]);
    expect(completeSizes(1, new Map([[0, { width: 1e9, height: 5 }]]))).toEqual([
      { width: 14_400, height: 5 },
    ]);
  });
});

describe("zoom", () => {
  it("fits the width or the whole page", () => {
    const pane = { width: 595 + 2 * PAGE_GAP, height: 421 + 2 * PAGE_GAP };
    expect(scaleOf("width", A4, 0, pane)).toBe(1);
    expect(scaleOf("page", A4, 0, pane)).toBeCloseTo(0.5);
    expect(scaleOf("page", A4, 90, { width: 842 + 2 * PAGE_GAP, height: 2000 })).toBeCloseTo(1);
  });

  it("is 100 % at the printed size and steps through the usual scales", () => {
    expect(percentOf(PIXELS_A_POINT)).toBe(100);
    expect(percentOf(steppedScale(PIXELS_A_POINT, 1))).toBe(110);
    expect(percentOf(steppedScale(PIXELS_A_POINT, -1))).toBe(90);
    expect(percentOf(steppedScale(1.37 * PIXELS_A_POINT, 1))).toBe(150);
  });

  it("ends somewhere", () => {
    expect(scaleOf(1e6, A4, 0, A4)).toBe(6);
    expect(scaleOf(0, A4, 0, A4)).toBe(0.1);
  });
});
