import { describe, expect, it } from "vitest";
import { boxAfterKey } from "./box-keys";

const page = { width: 600, height: 800 };
const box = { x: 100, y: 200, width: 50, height: 40 };
const key = (name: string, altKey = false, shiftKey = false) =>
  boxAfterKey(box, { key: name, altKey, shiftKey }, page);

describe("arrow keys on a box", () => {
  it("move it by a point, with Shift by ten", () => {
    expect(key("ArrowLeft")).toEqual({ ...box, x: 99 });
    expect(key("ArrowDown", false, true)).toEqual({ ...box, y: 210 });
  });

  it("size it with Alt", () => {
    expect(key("ArrowRight", true)).toEqual({ ...box, width: 51 });
    expect(key("ArrowUp", true, true)).toEqual({ ...box, height: 30 });
  });

  it("are the only keys that do something", () => {
    expect(key("a")).toBeNull();
    expect(key("Enter")).toBeNull();
  });
});
