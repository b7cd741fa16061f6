import { EXPORT_FORMATS } from "@zoned/client";
import { describe, expect, it } from "vitest";
import {
  choiceOf,
  type ExportChoice,
  FIRST_CHOICE,
  hasFurniture,
  inWords,
  isLanguage,
  optionsOf,
} from "./export-choice";

const choose = (change: Partial<ExportChoice>) => ({ ...FIRST_CHOICE, ...change });

describe("what is chosen for an export", () => {
  it("asks for nothing special at first, whatever the format, but for the length of chunks", () => {
    for (const format of EXPORT_FORMATS) {
      const usual = format === "chunks" ? { max_tokens: 512, overlap: 64 } : {};
      expect(optionsOf(choose({ format })), format).toEqual(usual);
    }
    expect(inWords({})).toBeNull();
  });

  it.each([
    choose({
      format: "chunks",
      pages: "1-3,7",
      kinds: ["table"],
      minConfidence: 0.5,
      headersFooters: true,
      maxTokens: 300,
    }),
    choose({ format: "chunks", overlap: 0, tokenizer: "cl100k_base" }),
    choose({ format: "html", pictures: true, language: "pt-BR" }),
    choose({ format: "json", headersFooters: false }),
  ])("comes back from a preset as it was saved: $format", (choice) => {
    expect(choiceOf(choice.format, optionsOf(choice))).toEqual(choice);
  });

  it("is told in words", () => {
    expect(inWords({ pages: "1-3,7", kinds: ["table", "figure"], min_confidence: 0.5 })).toBe(
      "pages 1-3, 7, 2 kinds, 50 % sure and more",
    );
    expect(inWords({ max_tokens: 300, overlap: 30, tokenizer: "cl100k_base" })).toBe(
      "up to 300 tokens, 30 of them repeated, counted by cl100k_base",
    );
    expect(inWords({ images: "inline", language: "de", headers_footers: false })).toBe(
      "without page headers and footers, with pictures, in de",
    );
  });

  it("leaves out what only another format has", () => {
    const choice = choose({
      maxTokens: 99,
      overlap: 9,
      tokenizer: "cl100k_base",
      pictures: true,
      language: "de",
    });
    expect(optionsOf(choice)).toEqual({});
  });

  it("keeps headers and footers where the format does, unless it says otherwise", () => {
    expect(hasFurniture(choose({ format: "json" }))).toBe(true);
    expect(hasFurniture(choose({ format: "markdown" }))).toBe(false);
    expect(optionsOf(choose({ format: "json", headersFooters: false }))).toEqual({ headers_footers: false });
    expect(optionsOf(choose({ format: "json", headersFooters: true }))).toEqual({});
    expect(optionsOf(choose({ format: "markdown", headersFooters: true }))).toEqual({
      headers_footers: true,
    });
  });

  it("never asks tables alone for other kinds", () => {
    const choice = choose({ format: "csv", kinds: ["heading"], headersFooters: true });
    expect(hasFurniture(choice)).toBeNull();
    expect(optionsOf(choice)).toEqual({});
  });

  it("never repeats more than half of a chunk", () => {
    expect(optionsOf(choose({ format: "chunks", maxTokens: 33 }))).toEqual({ max_tokens: 33, overlap: 16 });
  });

  it("knows the form of a language", () => {
    expect(["", "en", "pt-BR", "zh-Hant-TW"].every(isLanguage)).toBe(true);
    expect(["e", "english language", "en_GB", "-"].some(isLanguage)).toBe(false);
  });
});
