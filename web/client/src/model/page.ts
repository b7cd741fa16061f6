import type { Database } from "../database.types.js";
import { type Failure, failureSchema } from "./failure.js";
import { read } from "./json.js";

/** Where the text of a page came from: the PDF itself, recognition, or nowhere. */
export type TextSource = Database["public"]["Enums"]["text_source"];

/** A page of a document. */
export interface Page {
  readonly documentId: string;
  /** From 1. */
  readonly pageNumber: number;
  /** Width in points as displayed, rotation applied. */
  readonly width: number;
  /** Height in points as displayed, rotation applied. */
  readonly height: number;
  /** Clockwise degrees that width, height and boxes already include: 0, 90, 180 or 270. */
  readonly rotation: number;
  readonly textSource: TextSource;
  /** Its picture in bucket `pages`, if there is one. */
  readonly imagePath: string | null;
  /** Why it could not be read. */
  readonly error: Failure | null;
}

export function pageOf(row: Database["public"]["Tables"]["pages"]["Row"]): Page {
  return {
    documentId: row.document_id,
    pageNumber: row.page_number,
    width: row.width,
    height: row.height,
    rotation: row.rotation,
    textSource: row.text_source,
    imagePath: row.image_path,
    error: read(failureSchema, row.error, "A page's error"),
  };
}
