import { answered, answeredMaybe, type CallOptions, stored, type ZonedSupabase } from "./context.js";
import { ZonedError } from "./error.js";
import { type Document, type DocumentStatus, type DocumentWithJobs, documentOf } from "./model/document.js";
import type { Json, JsonObject } from "./model/json.js";
import { chunked, following, positionOf, type Slice, sliceOf, sliceSize } from "./paging.js";

/** What a list of documents can be ordered by. */
export type DocumentSort = "created_at" | "updated_at" | "name" | "byte_size" | "page_count" | "status";

/** Which documents a list holds, and how. */
export interface DocumentQuery {
  /** Words that must all occur in name, title, author, subject or keywords. */
  readonly search?: string | undefined;
  /** Only documents with one of these statuses; all when empty. */
  readonly statuses?: readonly DocumentStatus[] | undefined;
  /** By what they are ordered; by `created_at` when not given. */
  readonly sort?: DocumentSort | undefined;
  /** The largest, latest or last first; true when not given. */
  readonly descending?: boolean | undefined;
  /** How many a slice has, 1 to 200; 50 when not given. */
  readonly pageSize?: number | undefined;
}

/**
 * Documents: find, name, delete; stop and resume their processing.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function tidyUp({ documents }: ZonedClient, sha256: string) {
 *   const { items } = await documents.list({ statuses: ["failed"], sort: "updated_at" });
 *   for (const { id, error } of items) {
 *     if (error?.code === "worker_lost") await documents.retry(id);
 *   }
 *   const same = await documents.findBySha256(sha256);
 *   if (same?.status === "processing") await documents.cancel(same.id);
 *   if (!same) return null;
 *   await documents.rename(same.id, "Report.pdf");
 *   await documents.setMetadata(same.id, { ...same.metadata, project: "bees" });
 *   const { name } = await documents.get(same.id);
 *   return { name, file: await documents.fileUrl(same, { download: name }), remove: () => documents.delete(same.id) };
 * }
 * ```
 */
export interface Documents {
  /**
   * A slice of the caller's documents.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function titles(zoned: ZonedClient) {
   *   const first = await zoned.documents.list({ search: "annual report", sort: "name", descending: false });
   *   const second = first.nextCursor ? await zoned.documents.list({ search: "annual report", sort: "name", descending: false }, first.nextCursor) : null;
   *   return [...first.items, ...(second?.items ?? [])].map((document) => document.name);
   * }
   * ```
   */
  list(query?: DocumentQuery, cursor?: string | null, options?: CallOptions): Promise<Slice<Document>>;
  /** One document. Rejects with `not_found`. */
  get(id: string, options?: CallOptions): Promise<Document>;
  /** Gives a document another name, 1 to 255 characters. */
  rename(id: string, name: string): Promise<Document>;
  /** Replaces what the owner and the PDF say about the document; at most 64 KiB. */
  setMetadata(id: string, metadata: JsonObject): Promise<Document>;
  /**
   * Deletes documents with their pages, zones, exports, and every object in Storage. Work on them is canceled first.
   * May be called again after a failure: it goes on where it stopped.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function deleteFailed(zoned: ZonedClient) {
   *   const { items } = await zoned.documents.list({ statuses: ["failed"] });
   *   await zoned.documents.delete(items.map((document) => document.id));
   * }
   * ```
   */
  delete(ids: string | readonly string[]): Promise<void>;
  /** Queues the processing of a failed document again. Rejects with `conflict` when it did not fail. */
  retry(id: string): Promise<Document>;
  /** Ends all work on a document. Rejects with `conflict` when there is none. */
  cancel(id: string): Promise<Document>;
  /** A document of the caller's with this SHA-256 whose file has arrived, if there is one. */
  findBySha256(sha256: string, options?: CallOptions): Promise<Document | null>;
  /**
   * An address of the PDF that works without a session and in range requests, for `seconds` (60 to 604800).
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function fileAddress(zoned: ZonedClient, id: string) {
   *   return zoned.documents.fileUrl(await zoned.documents.get(id), { seconds: 3600 });
   * }
   * ```
   */
  fileUrl(
    document: Pick<Document, "objectPath">,
    options?: { readonly seconds?: number; readonly download?: string },
  ): Promise<string>;
}

/** Its latest processing job comes along, for how far it is. */
const COLUMNS = "*,jobs(job_progress(*))" as const;
/** Documents deleted in one request: their ids are part of its address. */
const DELETED_AT_ONCE = 50;
/** Objects removed in one request. */
const REMOVED_AT_ONCE = 500;
/** Rounds of removal: each asks what is left, and a daemon may have just written one more. */
const MOST_ROUNDS = 1000;

export function documentsOf(supabase: ZonedSupabase): Documents {
  const selection = () => supabase.from("documents").select(COLUMNS);

  async function list(query: DocumentQuery = {}, cursor?: string | null, options?: CallOptions) {
    const column = query.sort ?? "created_at";
    const descending = query.descending ?? true;
    const size = sliceSize(query.pageSize);
    const words = query.search?.trim();
    let request = words ? supabase.rpc("search_documents", { query: words }).select(COLUMNS) : selection();
    if (query.statuses?.length) request = request.in("status", [...query.statuses]);
    if (cursor) request = request.or(following(column, descending, positionOf(cursor)));
    const rows = await answered(
      withLatestJob(request)
        .order(column, { ascending: !descending, nullsFirst: false })
        .order("id", { ascending: !descending })
        .limit(size + 1),
      options,
    );
    return sliceOf(
      rows,
      size,
      (row) => documentOf(row),
      (row) => [row[column], row.id],
    );
  }

  async function get(id: string, options?: CallOptions) {
    const row = await answeredMaybe(withLatestJob(selection().eq("id", id)).maybeSingle(), options);
    return documentOf(row ?? missing());
  }

  async function changed(id: string, change: { name?: string; metadata?: NonNullable<Json> }) {
    const row = await answeredMaybe(
      withLatestJob(supabase.from("documents").update(change).eq("id", id).select(COLUMNS)).maybeSingle(),
    );
    return documentOf(row ?? missing());
  }

  /** Removes what Storage holds of the documents, until nothing is left. */
  async function removeObjects(ids: readonly string[]) {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const objects = await answered(supabase.rpc("document_objects", { document_ids: [...ids] }));
      if (objects.length === 0) return;
      const buckets = new Set(objects.map((object) => object.bucket_id));
      for (const bucket of buckets) {
        const names = objects.filter((object) => object.bucket_id === bucket).map((object) => object.name);
        for (const some of chunked(names, REMOVED_AT_ONCE)) {
          await stored(supabase.storage.from(bucket).remove(some));
        }
      }
    }
    throw new ZonedError({
      code: "unavailable",
      message: "Storage kept objects that it was asked to remove.",
      hint: "Delete the document again.",
    });
  }

  async function cancelQuietly(id: string) {
    try {
      await answered(supabase.rpc("cancel_document", { document_id: id }));
    } catch (error) {
      // Nothing to cancel, or deleted already: both are fine.
      if (!(error instanceof ZonedError && (error.code === "conflict" || error.code === "not_found")))
        throw error;
    }
  }

  return {
    list,
    get,
    rename: (id, name) => changed(id, { name }),
    setMetadata: (id, metadata) => changed(id, { metadata: { ...metadata } }),
    async delete(ids) {
      for (const some of chunked(typeof ids === "string" ? [ids] : ids, DELETED_AT_ONCE)) {
        await Promise.all(some.map(cancelQuietly));
        await removeObjects(some);
        await answered(supabase.from("documents").delete().in("id", some).select("id"));
        // What a daemon wrote before it learned of the cancellation.
        await removeObjects(some);
      }
    },
    async retry(id) {
      await answered(supabase.rpc("retry_document", { document_id: id }));
      return get(id);
    },
    async cancel(id) {
      await answered(supabase.rpc("cancel_document", { document_id: id }));
      return get(id);
    },
    async findBySha256(sha256, options) {
      const rows = await answered(
        withLatestJob(selection().eq("sha256", sha256).in("status", ["queued", "processing", "ready"]))
          .order("created_at", { ascending: false })
          .limit(1),
        options,
      );
      return rows[0] ? documentOf(rows[0]) : null;
    },
    async fileUrl(document, { seconds = 3600, download } = {}) {
      const bucket = supabase.storage.from("documents");
      const { signedUrl } = await stored(
        bucket.createSignedUrl(document.objectPath, seconds, download === undefined ? {} : { download }),
      );
      return signedUrl;
    },
  };
}

function missing(): DocumentWithJobs {
  throw new ZonedError({
    code: "not_found",
    message: "There is no such document.",
    hint: "It may have been deleted.",
  });
}

/** What of supabase-js's builders is needed to choose the embedded job. */
interface Embeds<Self> {
  eq(column: string, value: string): Self;
  order(column: string, options: { ascending: boolean; referencedTable: string }): Self;
  limit(count: number, options: { referencedTable: string }): Self;
}

function withLatestJob<Request extends Embeds<Request>>(request: Request): Request {
  return request
    .eq("jobs.kind", "process_document")
    .order("created_at", { ascending: false, referencedTable: "jobs" })
    .limit(1, { referencedTable: "jobs" });
}
