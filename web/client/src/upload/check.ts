import { ZonedError } from "../error.js";

/** The largest file that bucket `documents` takes, bytes. */
export const MAX_FILE_SIZE = 5_368_709_120;

/** Where the mark of a PDF may begin: viewers look for it in the first 1024 bytes (ISO 32000-1, annex H, note 13). */
const MARK_WITHIN = 1024;
const MARK = "%PDF-";

/**
 * Why a file would be refused, found out before a byte of it is sent; null when it would not. Reads its first 1024 bytes.
 *
 * @example
 * ```ts
 * import { checkFile } from "@zoned/client";
 *
 * async function reason(file: File) {
 *   const refusal = await checkFile(file);
 *   return refusal ? `${refusal.message} ${refusal.hint}` : "fine";
 * }
 * ```
 */
export async function checkFile(file: Blob, maxSize: number = MAX_FILE_SIZE): Promise<ZonedError | null> {
  if (file.size === 0) {
    return new ZonedError({ code: "invalid", message: "The file is empty.", hint: "Choose another file." });
  }
  if (file.size > maxSize) {
    return new ZonedError({
      code: "too_large",
      message: `The file is larger than ${readableSize(maxSize)}.`,
      hint: "Split it into smaller ones.",
    });
  }
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, MARK_WITHIN).arrayBuffer());
  } catch (cause) {
    return new ZonedError({
      code: "invalid",
      message: "The file cannot be read.",
      hint: "It may have been moved, or is a folder. Choose it again.",
      cause,
    });
  }
  if (!String.fromCharCode(...head).includes(MARK)) {
    return new ZonedError({ code: "not_a_pdf", message: "The file is not a PDF.", hint: "Choose a PDF." });
  }
  return null;
}

function readableSize(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}

/** A name that the database takes: no control characters, at most 255 characters. */
export function acceptableName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  const printable = name.replace(/[\u0000-\u001f\u007f-\u009f]/g, "").trim();
  return [...(printable || "document.pdf")].slice(0, 255).join("");
}
