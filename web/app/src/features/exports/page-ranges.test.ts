import { describe, expect, it } from "vitest";
import { checkPageRanges } from "./page-ranges";

describe("pages as people write them", () => {
  it.each([
    ["", 20],
    ["3", 1],
    ["1-3, 7", 4],
    ["12-", 9],
    ["-5", 5],
    ["1-3,2-4", 4],
    ["18-99", 3],
  ])("%j are %d of twenty", (text, count) =>
    expect(checkPageRanges(text, 20)).toEqual({ error: null, count }),
  );

  it.each([
    ["one", /like/],
    ["1,,2", /like/],
    ["0", /from 1/],
    ["7-3", /backwards/],
    ["21", /20 pages/],
    ["21-", /20 pages/],
  ])("%j are refused in words", (text, message) => {
    expect(checkPageRanges(text, 20)).toEqual({ error: expect.stringMatching(message) });
  });
});
