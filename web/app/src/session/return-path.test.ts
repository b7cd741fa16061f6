import { describe, expect, it } from "vitest";
import { returnPath } from "./return-path";

describe("the way back after signing in", () => {
  it("keeps a path of the app with its query", () =>
    expect(returnPath("/documents/1?page=2")).toBe("/documents/1?page=2"));

  it.each([
    null,
    "",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "documents/1",
  ])("turns %j into the library", (from) => expect(returnPath(from)).toBe("/"));
});
