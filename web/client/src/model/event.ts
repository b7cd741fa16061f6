import * as z from "zod/mini";
import { DOCUMENT_STATUSES, type DocumentStatus, type Stage, stageSchema } from "./document.js";
import { EXPORT_FORMATS, type ExportFormat, type ExportStatus } from "./export.js";
import { type Failure, failureSchema } from "./failure.js";
import type { JobKind, JobState } from "./job.js";
import { type JsonObject, jsonObject } from "./json.js";

/** What every event tells. */
interface EventBase {
  readonly documentId: string;
  /** Its number among the document's events, from 1, without gaps. */
  readonly seq: number;
  readonly jobId: string | null;
  /** When, as RFC 3339. */
  readonly at: string;
}

/** Something that happened to a document. */
export type ZonedEvent = EventBase &
  (
    | {
        readonly kind: "document.created" | "document.status";
        readonly status: DocumentStatus;
        readonly name: string;
        readonly pageCount: number | null;
        readonly error: Failure | null;
      }
    | {
        readonly kind: "pages.saved";
        readonly firstPage: number;
        readonly lastPage: number;
        readonly pages: number;
      }
    | {
        readonly kind: "progress";
        readonly stage: Stage;
        readonly pagesDone: number;
        readonly pagesTotal: number | null;
        readonly percent: number;
        readonly etaSeconds: number | null;
        readonly message: string | null;
      }
    | {
        readonly kind: "job.state";
        readonly jobKind: JobKind;
        readonly state: JobState;
        readonly attempts: number;
        readonly runAfter: string;
        readonly exportId: string | null;
        readonly error: Failure | null;
      }
    | {
        readonly kind: "export.status";
        readonly exportId: string;
        readonly format: ExportFormat;
        readonly status: ExportStatus;
        readonly objectPath: string;
        readonly byteSize: number | null;
        readonly sha256: string | null;
        readonly error: Failure | null;
      }
    | {
        readonly kind: "zones.changed";
        readonly pageNumber: number;
        /** Zones made or edited, with the revision they are at; null: too many to list. */
        readonly saved: readonly { readonly id: string; readonly revision: number }[] | null;
        /** Zones deleted; null: too many to list. */
        readonly deleted: readonly string[] | null;
      }
    /** A kind, or a form of one, that is newer than this package. */
    | { readonly kind: "other"; readonly name: string; readonly payload: JsonObject }
  );

/** The kinds of events. */
export type ZonedEventKind = ZonedEvent["kind"];

const row = z.object({
  document_id: z.string(),
  seq: z.int().check(z.positive()),
  job_id: z.nullable(z.string()),
  kind: z.string(),
  payload: jsonObject,
  at: z.string(),
});

const count = z.int().check(z.nonnegative());
const documentPayload = z.object({
  status: z.enum([...DOCUMENT_STATUSES]),
  name: z.string(),
  page_count: z.nullable(count),
  error: failureSchema,
});
const pagesPayload = z.object({ first_page: count, last_page: count, pages: count });
const progressPayload = z.object({
  stage: stageSchema,
  pages_done: count,
  pages_total: z.nullable(count),
  percent: z.number(),
  eta_seconds: z.nullable(z.number()),
  message: z.nullable(z.string()),
});
const jobPayload = z.object({
  kind: z.enum(["process_document", "process_zone", "export"]),
  state: z.enum(["queued", "running", "succeeded", "dead", "canceled"]),
  attempts: count,
  run_after: z.string(),
  export_id: z.nullable(z.string()),
  error: failureSchema,
});
const exportPayload = z.object({
  export_id: z.string(),
  format: z.enum([...EXPORT_FORMATS]),
  status: z.enum(["queued", "running", "ready", "failed", "expired"]),
  object_path: z.string(),
  byte_size: z.nullable(count),
  sha256: z.nullable(z.string()),
  error: failureSchema,
});
const zonesPayload = z.object({
  page_number: count,
  saved: z.nullable(z.array(z.object({ id: z.string(), revision: count }))),
  deleted: z.nullable(z.array(z.string())),
});

/** A reader of payloads of one kind; gives undefined for a form it does not know. */
function payload<Wire, Body>(schema: z.ZodMiniType<Wire>, body: (wire: Wire) => Body) {
  return (value: unknown): Body | undefined => {
    const result = schema.safeParse(value);
    return result.success ? body(result.data) : undefined;
  };
}

const documentBody = (kind: "document.created" | "document.status") =>
  payload(documentPayload, (wire) => ({
    kind,
    status: wire.status,
    name: wire.name,
    pageCount: wire.page_count,
    error: wire.error,
  }));

const BODIES = {
  "document.created": documentBody("document.created"),
  "document.status": documentBody("document.status"),
  "pages.saved": payload(pagesPayload, (wire) => ({
    kind: "pages.saved" as const,
    firstPage: wire.first_page,
    lastPage: wire.last_page,
    pages: wire.pages,
  })),
  progress: payload(progressPayload, (wire) => ({
    kind: "progress" as const,
    stage: wire.stage,
    pagesDone: wire.pages_done,
    pagesTotal: wire.pages_total,
    percent: wire.percent,
    etaSeconds: wire.eta_seconds,
    message: wire.message,
  })),
  "job.state": payload(jobPayload, (wire) => ({
    kind: "job.state" as const,
    jobKind: wire.kind,
    state: wire.state,
    attempts: wire.attempts,
    runAfter: wire.run_after,
    exportId: wire.export_id,
    error: wire.error,
  })),
  "export.status": payload(exportPayload, (wire) => ({
    kind: "export.status" as const,
    exportId: wire.export_id,
    format: wire.format,
    status: wire.status,
    objectPath: wire.object_path,
    byteSize: wire.byte_size,
    sha256: wire.sha256,
    error: wire.error,
  })),
  "zones.changed": payload(zonesPayload, (wire) => ({
    kind: "zones.changed" as const,
    pageNumber: wire.page_number,
    saved: wire.saved,
    deleted: wire.deleted,
  })),
};

/** Reads a row of job_events, from a broadcast or from the database; undefined when it is none. */
export function eventOf(value: unknown): ZonedEvent | undefined {
  const result = row.safeParse(value);
  if (!result.success) return undefined;
  const { document_id, seq, job_id, kind, payload: wire, at } = result.data;
  const base = { documentId: document_id, seq, jobId: job_id, at };
  const body = Object.hasOwn(BODIES, kind) ? BODIES[kind as keyof typeof BODIES](wire) : undefined;
  return { ...base, ...(body ?? { kind: "other" as const, name: kind, payload: wire }) };
}
