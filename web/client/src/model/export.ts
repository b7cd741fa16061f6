import * as z from "zod/mini";
import { Constants, type Database } from "../database.types.js";
import { type Failure, failureSchema } from "./failure.js";
import { read } from "./json.js";
import { ZONE_KINDS, type ZoneKind } from "./zone.js";

/** What a document can be written as. */
export type ExportFormat = Database["public"]["Enums"]["export_format"];
/** Every format. */
export const EXPORT_FORMATS: readonly ExportFormat[] = Constants.public.Enums.export_format;
/** Where an export is on its way. */
export type ExportStatus = Database["public"]["Enums"]["export_status"];

/** What goes into an export and how it is written; what a format has no use for is left aside. */
export interface ExportOptions {
  /** Keep running headers and footers, page numbers and watermarks. */
  readonly headers_footers?: boolean | undefined;
  /** Only zones of these kinds; all when empty or not given. */
  readonly kinds?: readonly ZoneKind[] | undefined;
  /** Only zones at least this sure, 0 to 1. */
  readonly min_confidence?: number | undefined;
  /** Only these pages, such as `1-3,7,12-`. */
  readonly pages?: string | undefined;
  /** Of chunks: the most tokens one has, 16 to 100000; 512 when not given. */
  readonly max_tokens?: number | undefined;
  /** Of chunks: tokens of whole sentences repeated from the one before, at most half of `max_tokens`; 64 when not given. */
  readonly overlap?: number | undefined;
  /** Of chunks: what counts the tokens. */
  readonly tokenizer?: "o200k_base" | "cl100k_base" | undefined;
  /** Of HTML: whether pictures of figures go into it; `beside` is for files that `zoned process` writes. */
  readonly images?: "inline" | "beside" | "none" | undefined;
  /** Of HTML: the language of the text, such as `en` or `pt-BR`. */
  readonly language?: string | undefined;
}

/** A requested export. */
export interface Export {
  readonly id: string;
  readonly documentId: string;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  readonly status: ExportStatus;
  /** Where its file is in bucket `exports`, once it is ready. */
  readonly objectPath: string;
  readonly byteSize: number | null;
  readonly sha256: string | null;
  readonly error: Failure | null;
  /** When its file is removed. */
  readonly expiresAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A named choice of format and options. */
export interface ExportPreset {
  readonly id: string;
  readonly name: string;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  readonly createdAt: string;
}

export const exportOptionsSchema: z.ZodMiniType<ExportOptions> = z.looseObject({
  headers_footers: z.optional(z.boolean()),
  kinds: z.optional(z.array(z.enum([...ZONE_KINDS]))),
  min_confidence: z.optional(z.number().check(z.gte(0), z.lte(1))),
  pages: z.optional(z.string().check(z.regex(/^\s*(\d+|\d+-\d*|-\d+)(\s*,\s*(\d+|\d+-\d*|-\d+))*\s*$/))),
  max_tokens: z.optional(z.int().check(z.gte(16), z.lte(100_000))),
  overlap: z.optional(z.int().check(z.nonnegative())),
  tokenizer: z.optional(z.enum(["o200k_base", "cl100k_base"])),
  images: z.optional(z.enum(["inline", "beside", "none"])),
  language: z.optional(z.string()),
});

export function exportOf(row: Database["public"]["Tables"]["exports"]["Row"]): Export {
  return {
    id: row.id,
    documentId: row.document_id,
    format: row.format,
    options: read(exportOptionsSchema, row.options, "An export's options"),
    status: row.status,
    objectPath: row.object_path,
    byteSize: row.byte_size,
    sha256: row.sha256,
    error: read(failureSchema, row.error, "An export's error"),
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function presetOf(row: Database["public"]["Tables"]["export_presets"]["Row"]): ExportPreset {
  return {
    id: row.id,
    name: row.name,
    format: row.format,
    options: read(exportOptionsSchema, row.options, "A preset's options"),
    createdAt: row.created_at,
  };
}
