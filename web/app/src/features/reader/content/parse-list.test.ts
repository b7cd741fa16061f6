import { describe, expect, it } from "vitest";
import { itemsOf, parseList } from "./parse-list";

describe("a list's items", () => {
  it("are its lines, without their bullets", () => {
    expect(parseList("• one\n• two – and more\n  ◦ deeper")).toEqual([
      { text: "one", depth: 0, marker: null },
      { text: "two – and more", depth: 0, marker: null },
      { text: "deeper", depth: 1, marker: null },
    ]);
  });

  it("keep their numbers as printed", () => {
    expect(parseList("3. three\n(b) letter\niv) roman\n2.1 nested").map((item) => item.marker)).toEqual([
      "3.",
      "(b)",
      "iv)",
      "2.1",
    ]);
  });

  it("go on over lines without one", () => {
    expect(parseList("1. first\nstill first\n\n2. second").map((item) => item.text)).toEqual([
      "first\nstill first",
      "second",
    ]);
  });

  it("are one where the text has no marks", () => {
    expect(parseList("just words\nmore")).toEqual([{ text: "just words\nmore", depth: 0, marker: null }]);
    expect(parseList("")).toEqual([]);
  });
});

it("a list has the items that the engine told apart", () => {
  const items = [
    { level: 1, marker: "2.", content: "two" },
    { level: 2, marker: "◦", content: "deeper" },
    { level: 1, marker: null, content: "bare" },
  ];
  expect(itemsOf({ items, content: "" })).toEqual([
    { text: "two", depth: 0, marker: "2." },
    { text: "deeper", depth: 1, marker: null },
    { text: "bare", depth: 0, marker: null },
  ]);
  expect(itemsOf({ items: null, content: "• one" })).toEqual([{ text: "one", depth: 0, marker: null }]);
});
