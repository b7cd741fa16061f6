import { EXPORT_FORMATS } from "@zoned/client";
import { describe, expect, it } from "vitest";
import { FORMAT_OPTIONS, fileNameOf } from "./formats";

it("every format of the database is offered", () => {
  expect(FORMAT_OPTIONS.map(({ value }) => value).sort()).toEqual([...EXPORT_FORMATS].sort());
});

describe("the name of a downloaded file", () => {
  it.each([
    ["Report 2026.pdf", "u/d/e1.md", "Report 2026.md"],
    ["Report.PDF", "u/d/e1.chunks.jsonl", "Report.chunks.jsonl"],
    ["a/b:c.pdf", "u/d/e1.csv.zip", "a_b_c.csv.zip"],
    [".pdf", "u/d/e1.xlsx", "document.xlsx"],
    ["odd", "u/d/other", "odd"],
  ])("of %s, stored at %s, is %s", (name, path, file) => expect(fileNameOf(name, "e1", path)).toBe(file));
});
