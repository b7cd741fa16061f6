import { describe, expect, it } from "vitest";
import { holdsFiles, sortFiles } from "./pdf-files";

describe("files that come in", () => {
  it("are PDFs by type or by name", () => {
    const files = [
      new File([], "a.PDF"),
      new File([], "b", { type: "application/pdf" }),
      new File([], "c.docx"),
      new File([], "pdf"),
    ];
    const { pdfs, others } = sortFiles(files);
    expect(pdfs.map((file) => file.name)).toEqual(["a.PDF", "b"]);
    expect(others.map((file) => file.name)).toEqual(["c.docx", "pdf"]);
  });

  it("are not text that is dragged", () => {
    expect(holdsFiles({ types: ["text/plain"] })).toBe(false);
    expect(holdsFiles({ types: ["Files"] })).toBe(true);
    expect(holdsFiles(null)).toBe(false);
  });
});
