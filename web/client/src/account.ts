import { answered, type CallOptions, type ZonedSupabase } from "./context.js";

/** What an account uses and may use. A limit of null is none. */
export interface Usage {
  /** Of files and exports together. */
  readonly bytes: number;
  readonly maxBytes: number | null;
  /** Of all documents together. */
  readonly pages: number;
  readonly maxPages: number | null;
  /** Jobs that wait or run, and documents that await their file. */
  readonly activeJobs: number;
  readonly maxActiveJobs: number | null;
  /** Days that the file of an export is kept. */
  readonly exportDays: number | null;
}

/**
 * The account of whoever is signed in.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function leave({ account, supabase }: ZonedClient) {
 *   const { bytes } = await account.usage();
 *   if (!confirm(`Delete ${bytes} bytes for good?`)) return;
 *   await account.delete();
 *   await supabase.auth.signOut();
 * }
 * ```
 */
export interface Account {
  /** What it uses and may use. */
  usage(options?: CallOptions): Promise<Usage>;
  /**
   * Deletes it with all it holds: there is no way back. Whether it is gone already; otherwise the rest goes within
   * minutes, and nothing can be added to it any more.
   */
  delete(): Promise<boolean>;
}

export function accountOf(supabase: ZonedSupabase): Account {
  return {
    async usage(options) {
      const row = await answered(supabase.rpc("quota_usage"), options);
      return {
        bytes: row.bytes ?? 0,
        maxBytes: row.max_bytes,
        pages: row.pages ?? 0,
        maxPages: row.max_pages,
        activeJobs: row.active_jobs ?? 0,
        maxActiveJobs: row.max_active_jobs,
        exportDays: row.export_days,
      };
    },
    async delete() {
      const answer = await answered(supabase.rpc("delete_account"));
      return typeof answer === "object" && "deleted" in answer && answer["deleted"] === true;
    },
  };
}
