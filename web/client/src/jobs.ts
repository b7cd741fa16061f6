import { answered, answeredMaybe, type CallOptions, type ZonedSupabase } from "./context.js";
import { ZonedError } from "./error.js";
import { type Job, type JobKind, jobOf } from "./model/job.js";
import { ROWS_AT_ONCE } from "./paging.js";

/**
 * Jobs: the work that uploads, export requests and zones to be read anew make.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function endAll({ jobs }: ZonedClient, documentId: string) {
 *   for (const { id, state } of await jobs.list({ documentId })) {
 *     if (state === "queued" || state === "running") await jobs.cancel(id);
 *   }
 * }
 *
 * async function again({ jobs }: ZonedClient, id: string) {
 *   const { state } = await jobs.get(id);
 *   return state === "dead" ? jobs.retry(id) : null;
 * }
 * ```
 */
export interface Jobs {
  /** The latest jobs, of one document or one kind if asked for; at most `limit` (50). */
  list(
    query?: { readonly documentId?: string; readonly kind?: JobKind; readonly limit?: number },
    options?: CallOptions,
  ): Promise<Job[]>;
  /** One job. Rejects with `not_found`. */
  get(id: string, options?: CallOptions): Promise<Job>;
  /** Queues a dead or canceled job again. Rejects with `conflict` in other states. */
  retry(id: string): Promise<Job>;
  /** Ends a queued or running job. Rejects with `conflict` when it is over. */
  cancel(id: string): Promise<Job>;
}

const COLUMNS = "*,job_progress(*)" as const;

export function jobsOf(supabase: ZonedSupabase): Jobs {
  return {
    async list(query = {}, options) {
      let request = supabase.from("jobs").select(COLUMNS);
      if (query.documentId !== undefined) request = request.eq("document_id", query.documentId);
      if (query.kind !== undefined) request = request.eq("kind", query.kind);
      const rows = await answered(
        request
          .order("created_at", { ascending: false })
          .order("id")
          .limit(Math.min(Math.max(query.limit ?? 50, 1), ROWS_AT_ONCE)),
        options,
      );
      return rows.map(jobOf);
    },
    async get(id, options) {
      const row = await answeredMaybe(
        supabase.from("jobs").select(COLUMNS).eq("id", id).maybeSingle(),
        options,
      );
      if (!row) throw new ZonedError({ code: "not_found", message: "There is no such job." });
      return jobOf(row);
    },
    retry: async (id) => jobOf(await answered(supabase.rpc("retry_job", { job_id: id }))),
    cancel: async (id) => jobOf(await answered(supabase.rpc("cancel_job", { job_id: id }))),
  };
}
