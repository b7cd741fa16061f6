import { describe, expect, it } from "vitest";
import { nextRotation, type Rotation, toPixels, toPoints, turnBox, turnedSize, unturnBox } from "./rotation";

const page = { width: 600, height: 800 };
const box = { x: 10, y: 20, width: 100, height: 50 };
const ROTATIONS: Rotation[] = [0, 90, 180, 270];

describe("a page that is turned", () => {
  it("swaps its sides at a quarter turn", () => {
    expect(turnedSize(page, 90)).toEqual({ width: 800, height: 600 });
    expect(turnedSize(page, 180)).toEqual(page);
  });

  it("carries its boxes along: what was at the top left is at the top right after a quarter turn", () => {
    expect(turnBox(box, page, 90)).toEqual({ x: 730, y: 10, width: 50, height: 100 });
    expect(turnBox(box, page, 180)).toEqual({ x: 490, y: 730, width: 100, height: 50 });
    expect(turnBox(box, page, 270)).toEqual({ x: 20, y: 490, width: 50, height: 100 });
  });

  it.each(ROTATIONS)("gives boxes back unchanged when turned back from %d degrees", (rotation) => {
    expect(unturnBox(turnBox(box, page, rotation), page, rotation)).toEqual(box);
  });

  it("is upright again after four quarter turns", () => {
    expect([0, 1, 2, 3].reduce<Rotation>((rotation) => nextRotation(rotation), 0)).toBe(0);
  });
});

describe("points and pixels", () => {
  it("differ by the scale", () => {
    expect(toPixels(box, page, 0, 1.5)).toEqual({ x: 15, y: 30, width: 150, height: 75 });
  });

  it.each(ROTATIONS)("convert into each other at %d degrees", (rotation) => {
    const pixels = toPixels({ x: 37, y: 91, width: 0, height: 0 }, page, rotation, 2.5);
    const back = toPoints(pixels, page, rotation, 2.5);
    expect(back.x).toBeCloseTo(37);
    expect(back.y).toBeCloseTo(91);
  });
});
