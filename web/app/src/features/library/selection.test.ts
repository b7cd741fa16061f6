import { describe, expect, it } from "vitest";
import { allState, extended, kept, NOTHING, toggled } from "./selection";

const ORDER = ["a", "b", "c", "d"];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join("");

describe("choosing rows", () => {
  it("adds a row, and takes it away again", () => {
    const one = toggled(NOTHING, "b");
    expect(ids(one)).toBe("b");
    expect(ids(toggled(one, "b"))).toBe("");
  });

  it("extends from the last row touched, either way, and keeps what was chosen", () => {
    const start = toggled(toggled(NOTHING, "a"), "c");
    expect(ids(extended(start, "d", ORDER))).toBe("acd");
    expect(ids(extended(toggled(NOTHING, "c"), "a", ORDER))).toBe("abc");
  });

  it("chooses one row where there is nothing to extend from", () => {
    expect(ids(extended(NOTHING, "c", ORDER))).toBe("c");
    expect(ids(extended(toggled(NOTHING, "gone"), "c", ORDER))).toBe("cgone");
  });

  it("forgets rows that went, and is the same object when none did", () => {
    const start = toggled(toggled(NOTHING, "a"), "b");
    expect(ids(kept(start, ["b", "c"]))).toBe("b");
    expect(kept(start, ORDER)).toBe(start);
  });

  it("tells of none, some and all", () => {
    expect([
      allState(NOTHING, 2),
      allState(toggled(NOTHING, "a"), 2),
      allState(toggled(NOTHING, "a"), 1),
    ]).toEqual([false, "indeterminate", true]);
  });
});
