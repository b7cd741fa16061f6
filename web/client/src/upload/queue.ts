import { answered, userId, type ZonedSupabase } from "../context.js";
import { type Observable, subject } from "../observable.js";
import { chunked } from "../paging.js";
import type { InterruptedUpload } from "./memory.js";
import {
  FileUpload,
  type UploadFileOptions,
  type UploadHandle,
  type UploadParts,
  type UploadState,
} from "./upload.js";

/**
 * All uploads of a page.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function resumeOrGiveUp({ uploads }: ZonedClient, files: readonly File[]) {
 *   for (const { id, status } of uploads.state.get()) if (status === "duplicate") uploads.get(id)?.resume();
 *   uploads.clear();
 *   for (const unfinished of await uploads.interrupted()) {
 *     if (!files.some(({ name }) => name === unfinished.name)) await uploads.discard(unfinished);
 *   }
 *   uploads.add(files);
 *   window.addEventListener("offline", () => uploads.pauseAll());
 *   window.addEventListener("online", () => uploads.resumeAll());
 * }
 * ```
 */
export interface Uploads {
  /** Every upload since the page was loaded, the first one first. */
  readonly state: Observable<readonly UploadState[]>;
  /**
   * Queues files; some at a time are sent, in this order.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function sendAll(zoned: ZonedClient, files: FileList) {
   *   const uploads = zoned.uploads.add([...files]);
   *   return Promise.allSettled(uploads.map((upload) => upload.done));
   * }
   * ```
   */
  add(files: readonly File[], options?: UploadFileOptions): UploadHandle[];
  /** The upload of this id. */
  get(id: string): UploadHandle | undefined;
  /** Takes uploads that are over from the list: done, canceled, failed for good, or there already. */
  clear(): void;
  /** Pauses everything that is not over. */
  pauseAll(): void;
  /** Resumes everything that is paused, and what failed and may succeed now. */
  resumeAll(): void;
  /**
   * Uploads that an earlier page left unfinished. Adding the same file again goes on where it stopped: a page may not
   * keep a file's content, so the user has to choose it.
   */
  interrupted(): Promise<InterruptedUpload[]>;
  /** Gives up an unfinished upload and deletes its document. */
  discard(upload: InterruptedUpload): Promise<void>;
}

const OVER: ReadonlySet<string> = new Set(["done", "canceled", "failed", "duplicate"]);

export function uploadsOf(parts: Omit<UploadParts, "schedule">, parallel: number): Uploads {
  const uploads = new Map<string, FileUpload>();
  const running = new Set<FileUpload>();
  const state = subject<readonly UploadState[]>([]);
  let scheduled = false;

  function publish() {
    state.set([...uploads.values()].map((upload) => upload.state.get()));
  }

  function fill() {
    scheduled = false;
    for (const upload of uploads.values()) {
      if (running.size >= parallel) return;
      if (upload.state.get().status !== "waiting" || running.has(upload)) continue;
      running.add(upload);
      void upload.run().finally(() => {
        running.delete(upload);
        schedule();
      });
    }
  }

  function schedule() {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(fill);
  }

  return {
    state,
    add(files, options) {
      const added = files.map((file) => new FileUpload({ ...parts, schedule }, file, options));
      for (const upload of added) {
        uploads.set(upload.id, upload);
        upload.state.subscribe(publish);
      }
      publish();
      schedule();
      return added;
    },
    get: (id) => uploads.get(id),
    clear() {
      for (const [id, upload] of uploads) if (OVER.has(upload.state.get().status)) uploads.delete(id);
      publish();
    },
    pauseAll() {
      for (const upload of uploads.values()) upload.pause();
    },
    resumeAll() {
      for (const upload of uploads.values()) {
        const { status, error } = upload.state.get();
        if (status === "paused" || (status === "failed" && error?.retryable)) upload.resume();
      }
    },
    async interrupted() {
      const user = await userId(parts.supabase);
      const kept = parts.memory.list(user);
      if (kept.length === 0) return [];
      const awaiting = await awaitingUpload(parts.supabase, kept);
      for (const { documentId } of kept) if (!awaiting.has(documentId)) parts.memory.forget(user, documentId);
      const active = new Set([...uploads.values()].map((upload) => upload.state.get().documentId));
      return kept.filter(({ documentId }) => awaiting.has(documentId) && !active.has(documentId));
    },
    async discard(upload) {
      parts.memory.forget(await userId(parts.supabase), upload.documentId);
      await parts.documents.delete(upload.documentId);
    },
  };
}

/** Those of the documents whose files are still awaited: others arrived, were deleted, or are too late. */
async function awaitingUpload(
  supabase: ZonedSupabase,
  uploads: readonly InterruptedUpload[],
): Promise<ReadonlySet<string>> {
  const awaiting = new Set<string>();
  for (const some of chunked(uploads, 100)) {
    const ids = some.map((upload) => upload.documentId);
    const request = supabase.from("documents").select("id").in("id", ids).eq("status", "awaiting_upload");
    for (const { id } of await answered(request)) awaiting.add(id);
  }
  return awaiting;
}
