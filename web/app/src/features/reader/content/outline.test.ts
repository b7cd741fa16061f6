import { describe, expect, it } from "vitest";
import { outline } from "./outline";

const heading = (id: string, level: number | null) => ({ id, kind: "heading" as const, level });
const levels = (zones: Parameters<typeof outline>[0]) => [...outline(zones).values()];

describe("the headings of a page", () => {
  it("are below that of the page, in the document's own order", () => {
    const title = { id: "t", kind: "title" as const, level: null };
    expect(levels([title, heading("a", 1), heading("b", 2), heading("c", 2), heading("d", 1)])).toEqual([
      3, 3, 4, 4, 3,
    ]);
  });

  it("never skip a level, however the page begins", () => {
    expect(levels([heading("a", 4), heading("b", 4), heading("c", 1), heading("d", 6)])).toEqual([
      3, 4, 3, 4,
    ]);
  });

  it("are no deeper than HTML has", () => {
    expect(levels([1, 2, 3, 4, 5, 6].map((level) => heading(String(level), level)))).toEqual([
      3, 4, 5, 6, 6, 6,
    ]);
  });

  it("are none of the other zones", () => {
    expect(outline([{ id: "p", kind: "paragraph", level: null }]).size).toBe(0);
  });
});
