import { describe, expect, it } from "vitest";
import { boxBetween, HANDLES, handlesFor, MINIMUM_SIDE, moveBox, resizeBox, roundBox, sameBox } from "./box";

const page = { width: 600, height: 800 };
const box = { x: 100, y: 200, width: 50, height: 40 };

describe("a box that is moved", () => {
  it("keeps its size", () => {
    expect(moveBox(box, 7, -3, page)).toEqual({ x: 107, y: 197, width: 50, height: 40 });
  });

  it.each([
    [-1000, -1000, 0, 0],
    [1000, 1000, 550, 760],
  ])("stays on the page when dragged by %d, %d", (dx, dy, x, y) => {
    expect(moveBox(box, dx, dy, page)).toMatchObject({ x, y, width: 50, height: 40 });
  });
});

describe("a box that is resized", () => {
  it("moves the edges its handle names, and no other", () => {
    expect(resizeBox(box, "se", 10, 20, page)).toEqual({ x: 100, y: 200, width: 60, height: 60 });
    expect(resizeBox(box, "nw", 10, 20, page)).toEqual({ x: 110, y: 220, width: 40, height: 20 });
    expect(resizeBox(box, "n", 10, -20, page)).toEqual({ x: 100, y: 180, width: 50, height: 60 });
    expect(resizeBox(box, "e", -10, 99, page)).toEqual({ x: 100, y: 200, width: 40, height: 40 });
  });

  it.each(HANDLES)("is never turned inside out by handle %s, nor leaves the page", (handle) => {
    for (const distance of [-2000, 2000]) {
      const resized = resizeBox(box, handle, distance, distance, page);
      expect(resized.width).toBeGreaterThanOrEqual(MINIMUM_SIDE);
      expect(resized.height).toBeGreaterThanOrEqual(MINIMUM_SIDE);
      expect(resized.x).toBeGreaterThanOrEqual(0);
      expect(resized.y).toBeGreaterThanOrEqual(0);
      expect(resized.x + resized.width).toBeLessThanOrEqual(page.width);
      expect(resized.y + resized.height).toBeLessThanOrEqual(page.height);
    }
  });
});

describe("the handles of a box", () => {
  it("are eight where there is room", () => {
    expect(handlesFor({ width: 200, height: 100 })).toEqual(HANDLES);
  });

  it.each([
    [200, 30, ["nw", "n", "ne", "se", "s", "sw"]],
    [200, 12, ["e", "w"]],
    [12, 200, ["nw", "e", "se", "w"]],
    [10, 10, ["se"]],
  ])("are those that do not cover a box of %d by %d pixels", (width, height, handles) => {
    expect(handlesFor({ width, height })).toEqual(handles);
  });
});

describe("a box that is drawn", () => {
  it("is the same from whichever corner", () => {
    const drawn = { x: 10, y: 20, width: 100, height: 50 };
    expect(boxBetween({ x: 10, y: 20 }, { x: 110, y: 70 }, page)).toEqual(drawn);
    expect(boxBetween({ x: 110, y: 70 }, { x: 10, y: 20 }, page)).toEqual(drawn);
  });

  it("is cut to the page", () => {
    expect(boxBetween({ x: -50, y: 700 }, { x: 50, y: 900 }, page)).toEqual({
      x: 0,
      y: 700,
      width: 50,
      height: 100,
    });
  });

  it("is none when it is but a slip of the hand", () => {
    expect(boxBetween({ x: 10, y: 10 }, { x: 12, y: 200 }, page)).toBeNull();
  });
});

it("boxes that differ by less than a hundredth of a point are the same", () => {
  expect(sameBox(box, { ...box, x: 100.004 })).toBe(true);
  expect(sameBox(box, { ...box, x: 100.2 })).toBe(false);
  expect(roundBox({ x: 1.005001, y: 2.004, width: 3, height: 4 })).toEqual({
    x: 1.01,
    y: 2,
    width: 3,
    height: 4,
  });
});
