import { describe, expect, it } from "vitest";
import { diffWords, newFirst } from "./word-diff";

const only = (parts: ReturnType<typeof diffWords>, kind: string) =>
  parts
    .filter((part) => part.kind === kind || part.kind === "same")
    .map((part) => part.text)
    .join("");

describe("what differs between two texts", () => {
  it("is told word by word", () => {
    expect(diffWords("the quick brown fox", "the slow brown fox jumps")).toEqual([
      { kind: "same", text: "the " },
      { kind: "removed", text: "quick" },
      { kind: "added", text: "slow" },
      { kind: "same", text: " brown fox" },
      { kind: "added", text: " jumps" },
    ]);
  });

  it("is nothing for equal texts, and everything for unlike ones", () => {
    expect(diffWords("same text", "same text")).toEqual([{ kind: "same", text: "same text" }]);
    expect(diffWords("", "new")).toEqual([{ kind: "added", text: "new" }]);
    expect(diffWords("", "")).toEqual([]);
  });

  it("are two texts where they have next to nothing in common", () => {
    const before = "A long paragraph about the sand of nine harbours and a rule of thumb.";
    expect(diffWords(before, "Written by hand.")).toEqual([
      { kind: "removed", text: before },
      { kind: "added", text: "Written by hand." },
    ]);
  });

  it("is read with the new words first, each before those in whose place it came", () => {
    const parts = newFirst(diffWords("the quick brown fox sat", "the slow brown fox jumps"));
    expect(parts.map(({ text }) => text)).toEqual(["the ", "slow", "quick", " brown fox ", "jumps", "sat"]);
    const [first, second] = newFirst(diffWords("A long paragraph about sand.", "Written by hand."));
    expect([first?.kind, second?.kind]).toEqual(["added", "removed"]);
  });

  it("leads from one to the other, also for long texts", () => {
    for (const count of [7, 900, 4000]) {
      const before = Array.from({ length: count }, (_, index) => `w${index % 13}`).join(" ");
      const after = Array.from({ length: count }, (_, index) => `w${(index * 7) % 11}`).join(" ");
      const parts = diffWords(before, after);
      expect(only(parts, "removed")).toBe(before);
      expect(only(parts, "added")).toBe(after);
    }
  });
});
