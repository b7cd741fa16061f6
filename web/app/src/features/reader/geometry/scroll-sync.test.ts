import { describe, expect, it } from "vitest";
import { acrossPanes, usableAnchors } from "./scroll-sync";

const heights = { page: 1000, content: 400 };

describe("panes in step", () => {
  it("are linear where nothing is known but the ends", () => {
    expect(acrossPanes("page", 500, [], heights)).toBe(200);
    expect(acrossPanes("content", 100, [], heights)).toBe(250);
  });

  it("have the same zone at the same place", () => {
    const anchors = [
      { page: 100, content: 10 },
      { page: 900, content: 300 },
    ];
    expect(acrossPanes("page", 100, anchors, heights)).toBe(10);
    expect(acrossPanes("page", 500, anchors, heights)).toBe(155);
    expect(acrossPanes("content", 300, anchors, heights)).toBe(900);
  });

  it("come back to where they started", () => {
    const anchors = [
      { page: 50, content: 80 },
      { page: 400, content: 200 },
    ];
    for (const offset of [0, 30, 120, 333, 777, 1000]) {
      const there = acrossPanes("page", offset, anchors, heights);
      expect(acrossPanes("content", there, anchors, heights)).toBeCloseTo(offset);
    }
  });

  it("do not run past the end", () => {
    expect(acrossPanes("page", 5000, [], heights)).toBe(400);
    expect(acrossPanes("page", -20, [], heights)).toBe(0);
  });

  it("leave out what goes back up", () => {
    const columns = [
      { page: 100, content: 10 },
      { page: 500, content: 100 },
      { page: 120, content: 200 },
      { page: 700, content: 300 },
    ];
    expect(usableAnchors(columns).map((anchor) => anchor.page)).toEqual([100, 500, 700]);
    const zigzag = [900, 100, 110, 120, 130].map((page, index) => ({ page, content: index * 10 + 1 }));
    expect(usableAnchors(zigzag)).toEqual([]);
  });
});
