import * as z from "zod/mini";
import type { Database } from "../database.types.js";
import { type Progress, progressOf } from "./document.js";
import { type Failure, failureSchema } from "./failure.js";
import { read } from "./json.js";
import { type Box, ZONE_KINDS, type ZoneKind } from "./zone.js";
import { boxSchema } from "./zone_row.js";

/** What a job does. */
export type JobKind = Database["public"]["Enums"]["job_kind"];
/** Where a job is on its way. */
export type JobState = Database["public"]["Enums"]["job_state"];

/** What a job was asked, by its kind. */
export type JobParams =
  | { readonly kind: "process_document"; readonly languages: readonly string[] | null }
  | {
      readonly kind: "process_zone";
      readonly zoneId: string;
      /** Of the zone when it was asked for: an edit since then wins. */
      readonly revision: number;
      readonly pageNumber: number;
      readonly box: Box;
      /** What to read it as; null: the engine's guess. */
      readonly zoneKind: ZoneKind | null;
    }
  | { readonly kind: "export" };

/** A unit of work. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly documentId: string;
  readonly exportId: string | null;
  readonly params: JobParams;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Not begun before this time. */
  readonly runAfter: string;
  readonly error: Failure | null;
  readonly progress: Progress | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

const documentParams = z.object({ languages: z.optional(z.nullable(z.array(z.string()))) });
const zoneParams = z.object({
  zone_id: z.string(),
  revision: z.number(),
  page_number: z.number(),
  box: boxSchema,
  kind: z.optional(z.nullable(z.enum([...ZONE_KINDS]))),
});

function jobParamsOf(kind: JobKind, params: unknown): JobParams {
  if (kind === "process_document") {
    return { kind, languages: read(documentParams, params, "A job's parameters").languages ?? null };
  }
  if (kind === "export") return { kind };
  const zone = read(zoneParams, params, "A job's parameters");
  return {
    kind,
    zoneId: zone.zone_id,
    revision: zone.revision,
    pageNumber: zone.page_number,
    box: zone.box,
    zoneKind: zone.kind ?? null,
  };
}

type JobRow = Database["public"]["Tables"]["jobs"]["Row"] & {
  readonly job_progress?: Database["public"]["Tables"]["job_progress"]["Row"] | null;
};

export function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    documentId: row.document_id,
    exportId: row.export_id,
    params: jobParamsOf(row.kind, row.params),
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    runAfter: row.run_after,
    error: read(failureSchema, row.error, "A job's error"),
    progress: row.job_progress ? progressOf(row.job_progress) : null,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
