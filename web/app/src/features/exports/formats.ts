import type { ExportFormat } from "@zoned/client";

/** How a format is named and what it is for. */
interface FormatInfo {
  readonly label: string;
  readonly hint: string;
  /** Whether it has running headers, footers and page numbers when nothing is said of them; null where only tables go in. */
  readonly hasFurniture: boolean | null;
}

/** Every format, in the order they are offered. */
export const FORMATS: Readonly<Record<ExportFormat, FormatInfo>> = {
  markdown: {
    label: "Markdown",
    hint: "Headings, lists and tables as text. For people and for language models.",
    hasFurniture: false,
  },
  json: {
    label: "JSON",
    hint: "Every zone with its box, kind and confidence. For programs.",
    hasFurniture: true,
  },
  jsonl: {
    label: "JSON Lines",
    hint: "A line a zone. For programs that read large documents bit by bit.",
    hasFurniture: true,
  },
  chunks: {
    label: "Chunks",
    hint: "Passages of limited length with their headings. For search and retrieval.",
    hasFurniture: false,
  },
  csv: { label: "CSV", hint: "The tables alone, a file each, together in a ZIP.", hasFurniture: null },
  xlsx: { label: "Excel", hint: "The tables alone, a sheet each, with merged cells.", hasFurniture: null },
  html: {
    label: "HTML",
    hint: "One page for the browser, with tables and, if wanted, pictures.",
    hasFurniture: false,
  },
  text: { label: "Plain text", hint: "The text alone, in reading order.", hasFurniture: false },
};

/** The formats as a list to choose from. */
export const FORMAT_OPTIONS = (Object.keys(FORMATS) as ExportFormat[]).map((value) => ({
  value,
  label: FORMATS[value].label,
}));

/** A name for the downloaded file: the document's, with the ending that the export's object has. */
export function fileNameOf(documentName: string, exportId: string, objectPath: string): string {
  const ending = objectPath.slice(objectPath.lastIndexOf(exportId) + exportId.length);
  const name = documentName
    .replace(/\.pdf$/i, "")
    .replace(/[/\\:*?"<>|]/g, "_")
    .trim();
  return `${name === "" ? "document" : name}${/^(\.\w+)+$/.test(ending) ? ending : ""}`;
}
