import { describe, expect, it } from "vitest";
import { choiceOf, FIRST_CHOICE, inWords, optionsOf } from "./export-choice";

describe("what is chosen for an export", () => {
  it("asks for nothing special at first", () => {
    expect(optionsOf(FIRST_CHOICE)).toEqual({});
    expect(inWords({})).toBeNull();
  });

  it("comes back from a preset as it was saved", () => {
    const choice = {
      format: "chunks" as const,
      pages: "1-3,7",
      kinds: ["table" as const],
      minConfidence: 0.5,
      headersFooters: true,
      maxTokens: 300,
    };
    expect(choiceOf("chunks", optionsOf(choice))).toEqual(choice);
  });

  it("is told in words", () => {
    expect(inWords({ pages: "1-3,7", kinds: ["table", "figure"], min_confidence: 0.5 })).toBe(
      "pages 1-3, 7, 2 kinds, 50 % sure and more",
    );
  });

  it("leaves out what only another format has", () => {
    expect(optionsOf({ ...FIRST_CHOICE, maxTokens: 99 })).toEqual({});
  });
});
