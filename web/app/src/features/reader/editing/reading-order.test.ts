import { describe, expect, it } from "vitest";
import { moveAmongShown, moveTo } from "./reading-order";

const ids = ["a", "b", "c", "d"];
const all = () => true;

describe("reading order", () => {
  it("moves one up or down", () => {
    expect(moveAmongShown(ids, "c", -1, all)).toEqual(["a", "c", "b", "d"]);
    expect(moveAmongShown(ids, "b", 1, all)).toEqual(["a", "c", "b", "d"]);
  });

  it("passes what is not shown", () => {
    const shown = (id: string) => id !== "b" && id !== "c";
    expect(moveAmongShown(ids, "d", -1, shown)).toEqual(["d", "a", "b", "c"]);
  });

  it("is left alone at the ends, and for what is not there", () => {
    expect(moveAmongShown(ids, "a", -1, all)).toBe(ids);
    expect(moveAmongShown(ids, "d", 1, all)).toBe(ids);
    expect(moveAmongShown(ids, "x", 1, all)).toBe(ids);
    expect(moveTo(ids, "b", 1)).toBe(ids);
  });

  it("moves one to a place", () => {
    expect(moveTo(ids, "d", 0)).toEqual(["d", "a", "b", "c"]);
    expect(moveTo(ids, "a", 99)).toEqual(["b", "c", "d", "a"]);
  });
});
