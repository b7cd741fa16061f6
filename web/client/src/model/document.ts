import * as z from "zod/mini";
import { Constants, type Database } from "../database.types.js";
import { type Failure, failureSchema } from "./failure.js";
import { type JsonObject, jsonObject, read } from "./json.js";

/** Where a document is on its way. */
export type DocumentStatus = Database["public"]["Enums"]["document_status"];
/** Every status of a document. */
export const DOCUMENT_STATUSES: readonly DocumentStatus[] = Constants.public.Enums.document_status;

/** What a job is doing. */
export type Stage = "queued" | "download" | "pages" | "export" | "done" | "failed";

/** How far a job is. */
export interface Progress {
  readonly jobId: string;
  readonly stage: Stage;
  readonly pagesDone: number;
  /** Unknown until the PDF was opened. */
  readonly pagesTotal: number | null;
  /** 0 to 100. */
  readonly percent: number;
  /** Estimated seconds until the end. */
  readonly etaSeconds: number | null;
  readonly message: string | null;
}

/** An uploaded PDF. */
export interface Document {
  readonly id: string;
  readonly name: string;
  readonly status: DocumentStatus;
  /** Why it failed; present exactly when the status is `failed`. */
  readonly error: Failure | null;
  /** Size of the file in bytes. */
  readonly byteSize: number | null;
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string | null;
  readonly pageCount: number | null;
  /** What the PDF says about itself (title, author, dates), and what the owner added. */
  readonly metadata: JsonObject;
  /** Where the file is in bucket `documents`. */
  readonly objectPath: string;
  /** How far its processing is; null before it began. */
  readonly progress: Progress | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

type DocumentRow = Database["public"]["Tables"]["documents"]["Row"];
type ProgressRow = Database["public"]["Tables"]["job_progress"]["Row"];

export const stageSchema: z.ZodMiniType<Stage> = z.enum([
  "queued",
  "download",
  "pages",
  "export",
  "done",
  "failed",
]);

export function progressOf(row: ProgressRow): Progress {
  return {
    jobId: row.job_id,
    stage: read(stageSchema, row.stage, "A job's stage"),
    pagesDone: row.pages_done,
    pagesTotal: row.pages_total,
    percent: row.percent ?? 0,
    etaSeconds: row.eta_seconds,
    message: row.message,
  };
}

/** A row with the progress of its latest processing job, where that was asked for. */
export type DocumentWithJobs = DocumentRow & {
  readonly jobs?: readonly { readonly job_progress: ProgressRow | null }[];
};

export function documentOf(row: DocumentWithJobs): Document {
  const progress = row.jobs?.[0]?.job_progress;
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    error: read(failureSchema, row.error, "A document's error"),
    byteSize: row.byte_size,
    sha256: row.sha256,
    pageCount: row.page_count,
    metadata: read(jsonObject, row.metadata, "A document's metadata"),
    objectPath: row.object_path,
    progress: progress ? progressOf(progress) : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
