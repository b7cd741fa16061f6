import { answered, answeredMaybe, type CallOptions, stored, type ZonedSupabase } from "./context.js";
import type { Json } from "./database.types.js";
import { ZonedError } from "./error.js";
import {
  type Export,
  type ExportFormat,
  type ExportOptions,
  exportOf,
  exportOptionsSchema,
} from "./model/export.js";
import { latestFirst, type Slice } from "./paging.js";

/**
 * Exports: ask for one, follow it, download its file.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function latestText({ exports }: ZonedClient, documentId: string) {
 *   const { items } = await exports.list({ documentId });
 *   const ready = items.find(({ status, format }) => status === "ready" && format === "text");
 *   if (!ready) return exports.request(documentId, "text");
 *   const { byteSize } = await exports.get(ready.id);
 *   if (byteSize && byteSize > 100_000_000) return exports.downloadUrl(ready, { fileName: "Report.txt" });
 *   const file = await exports.download(ready);
 *   await exports.delete(ready.id);
 *   return file.text();
 * }
 * ```
 */
export interface Exports {
  /**
   * Asks for an export of a ready document; its `status` and the event `export.status` tell when the file is there.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function tables(zoned: ZonedClient, documentId: string) {
   *   return zoned.exports.request(documentId, "xlsx", { pages: "1-20", min_confidence: 0.5 });
   * }
   * ```
   */
  request(documentId: string, format: ExportFormat, options?: ExportOptions): Promise<Export>;
  /** The latest exports, of one document if asked for. */
  list(
    query?: { readonly documentId?: string | undefined; readonly pageSize?: number | undefined },
    cursor?: string | null,
    options?: CallOptions,
  ): Promise<Slice<Export>>;
  /** One export. Rejects with `not_found`. */
  get(id: string, options?: CallOptions): Promise<Export>;
  /** Deletes an export and its file. */
  delete(id: string): Promise<void>;
  /**
   * An address of the file for `seconds` (3600 when not given), which the browser saves as `fileName`.
   * Rejects with `conflict` while the export is not ready.
   */
  downloadUrl(
    item: Export,
    options?: { readonly seconds?: number; readonly fileName?: string },
  ): Promise<string>;
  /** The file itself. Rejects with `conflict` while the export is not ready. */
  download(item: Export): Promise<Blob>;
}

/** Options as the database takes them; rejects what the daemon would. */
export function checkedOptions(options: ExportOptions): { [key: string]: Json } {
  const result = exportOptionsSchema.safeParse(options);
  if (!result.success) {
    const field = result.error.issues[0]?.path.join(".");
    throw new ZonedError({
      code: "invalid",
      message: field ? `The export option ${field} is not accepted.` : "The export options are not accepted.",
      cause: result.error,
    });
  }
  const fault = together(options);
  if (fault !== null) throw new ZonedError({ code: "invalid", message: fault });
  const entries = Object.entries(result.data).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

/** What of options cannot be, though each of them can; null when there is nothing. */
function together({ images, max_tokens: most = 512, overlap = 64 }: ExportOptions): string | null {
  if (images === "beside") return "An export is one file: its pictures are inline, or there are none.";
  if (overlap > most / 2) return "The export option overlap is at most half of max_tokens.";
  return null;
}

export function exportsOf(supabase: ZonedSupabase): Exports {
  const bucket = () => supabase.storage.from("exports");

  async function get(id: string, options?: CallOptions) {
    const row = await answeredMaybe(supabase.from("exports").select("*").eq("id", id).maybeSingle(), options);
    if (!row) throw new ZonedError({ code: "not_found", message: "There is no such export." });
    return exportOf(row);
  }

  function requireReady(item: Export) {
    if (item.status === "ready") return;
    const over = item.status === "expired";
    throw new ZonedError({
      code: over ? "not_found" : "conflict",
      message: over ? "The file of this export is no longer kept." : "The export is not ready.",
      hint: over ? "Ask for it again." : "Wait until its status is ready.",
    });
  }

  return {
    async request(documentId, format, options = {}) {
      const row = await answered(
        supabase.rpc("request_export", { document_id: documentId, format, options: checkedOptions(options) }),
      );
      return exportOf(row);
    },
    list(query = {}, cursor, options) {
      const all = supabase.from("exports").select("*");
      const wanted = query.documentId === undefined ? all : all.eq("document_id", query.documentId);
      return latestFirst(wanted, exportOf, { pageSize: query.pageSize, cursor, ...options });
    },
    get,
    async delete(id) {
      const item = await get(id);
      await stored(bucket().remove([item.objectPath]));
      await answered(supabase.from("exports").delete().eq("id", id).select("id"));
    },
    async downloadUrl(item, { seconds = 3600, fileName } = {}) {
      requireReady(item);
      const { signedUrl } = await stored(
        bucket().createSignedUrl(item.objectPath, seconds, { download: fileName ?? true }),
      );
      return signedUrl;
    },
    async download(item) {
      requireReady(item);
      return stored(bucket().download(item.objectPath));
    },
  };
}
