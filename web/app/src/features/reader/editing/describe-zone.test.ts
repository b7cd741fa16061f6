import { describe, expect, it } from "vitest";
import { differences, excerpt, kindInWords } from "./describe-zone";

const version = {
  kind: "heading" as const,
  level: 2,
  bbox: { x: 72, y: 90, width: 200, height: 20 },
  content: "Results",
  table: null,
  items: null,
  readingOrder: 3,
};

describe("a zone in words", () => {
  it("is named by its kind, headings with their level", () => {
    expect(kindInWords(version)).toBe("Heading 2");
    expect(kindInWords({ kind: "page_number", level: null })).toBe("Page number");
  });

  it("is shortened to its first words", () => {
    expect(excerpt("  a\n b  ")).toBe("a b");
    expect(excerpt("x".repeat(100), 10)).toBe(`${"x".repeat(9)}…`);
  });
});

describe("two versions of a zone", () => {
  it("differ in nothing when they are the same", () => {
    expect(differences(version, { ...version, bbox: { ...version.bbox, x: 72.001 } })).toEqual([]);
  });

  it("differ in what was changed", () => {
    const after = {
      ...version,
      level: 3,
      content: "Result",
      bbox: { ...version.bbox, y: 95 },
      readingOrder: 0,
    };
    expect(differences(version, after)).toEqual([
      { what: "kind", label: "Kind", before: "Heading 2", after: "Heading 3" },
      { what: "text", label: "Text", before: "Results", after: "Result" },
      { what: "box", label: "Box", before: "200 × 20 pt at 72, 90", after: "200 × 20 pt at 72, 95" },
      { what: "order", label: "Place in the order", before: "4", after: "1" },
    ]);
  });

  it("differ in cells that are not seen in the text", () => {
    const cell = { row: 0, column: 0, row_span: 1, column_span: 1, header: false, content: "a" };
    const table = { rows: 1, columns: 1, cells: [cell] };
    const before = { ...version, kind: "table" as const, table };
    const after = { ...before, table: { ...table, cells: [{ ...cell, header: true }] } };
    expect(differences(before, after).map(({ what }) => what)).toEqual(["table"]);
  });

  it("differ in items that are told apart though the text is the same", () => {
    const list = { ...version, kind: "list" as const, content: "a\nb" };
    const items = ["a", "b"].map((content) => ({ level: 1, marker: null, content }));
    expect(differences(list, { ...list, items })).toEqual([
      { what: "items", label: "Items", before: "no items", after: "2 items" },
    ]);
  });
});
