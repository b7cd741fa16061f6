import { answered, userId, type ZonedSupabase } from "../context.js";
import type { Documents } from "../documents.js";
import { isZonedError, ZonedError } from "../error.js";
import { toZonedError } from "../error_from.js";
import { type Document, documentOf } from "../model/document.js";
import { type Observable, type Subject, subject } from "../observable.js";
import { acceptableName, checkFile } from "./check.js";
import { sha256 } from "./checksum.js";
import { claimUpload } from "./claim.js";
import type { UploadMemory } from "./memory.js";
import { Speedometer } from "./speed.js";
import { abandonUpload, type Transfer, transfer } from "./transfer.js";

/** Where an upload is. */
export type UploadStatus =
  /** For its turn. */
  | "waiting"
  /** The file is read, to find out whether it is there already. */
  | "checking"
  | "uploading"
  | "paused"
  /** The same file is there already: `duplicateOf`. Nothing was sent; `resume` sends it nonetheless. */
  | "duplicate"
  | "done"
  /** See `error`; when it is `retryable`, `resume` goes on where it stopped. */
  | "failed"
  | "canceled";

/** An upload as it is at a moment; a new object at each change. */
export interface UploadState {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly status: UploadStatus;
  /** Bytes checked (while `checking`) or sent. */
  readonly sent: number;
  /** Bytes a second; null while there is too little to tell. */
  readonly speed: number | null;
  /** Estimated seconds until the end; null while there is too little to tell. */
  readonly secondsLeft: number | null;
  /** Whether it goes on from an upload that an earlier page left unfinished. */
  readonly resumed: boolean;
  /** Present once there is a document to upload to. */
  readonly documentId: string | null;
  readonly duplicateOf: Document | null;
  readonly error: ZonedError | null;
}

/** How a file is uploaded. */
export interface UploadFileOptions {
  /** What the document is called; the file's name when not given. */
  readonly name?: string | undefined;
  /** Look whether the same file is there already, before sending it; true when not given. */
  readonly checkDuplicates?: boolean | undefined;
}

/**
 * One upload, to follow and to steer.
 *
 * @example
 * ```ts
 * import type { UploadHandle } from "@zoned/client";
 *
 * function toggle(upload: UploadHandle) {
 *   const { status } = upload.state.get();
 *   if (status === "uploading") upload.pause();
 *   else if (status === "paused") upload.resume();
 *   else void upload.cancel();
 *   return { id: upload.id, document: upload.done };
 * }
 * ```
 */
export interface UploadHandle {
  readonly id: string;
  readonly state: Observable<UploadState>;
  /** Stops; what arrived is kept. Only what is waiting, checking or uploading can be paused. */
  pause(): void;
  /** Goes on: after a pause, after a failure, or though the file is there already. */
  resume(): void;
  /** Stops, and removes what arrived. */
  cancel(): Promise<void>;
  /** The document, when its file has arrived; rejects when the upload fails or is canceled. A pause is none of these. */
  readonly done: Promise<Document>;
}

export interface UploadParts {
  readonly supabase: ZonedSupabase;
  readonly documents: Documents;
  readonly memory: UploadMemory;
  readonly endpoint: string;
  readonly apiKey: string;
  readonly maxSize: number;
  /** How long Storage may take to put a file where it belongs once all bytes are there, milliseconds. */
  readonly patience: number;
  /** Called when the upload wants a turn, or needs none any more. */
  readonly schedule: () => void;
}

/** Where the file is sent to. */
interface Target {
  readonly documentId: string;
  readonly objectPath: string;
  uploadUrl: string | null;
}

/** Between looks at whether the document knows of its file, milliseconds. */
const ACKNOWLEDGEMENT_PAUSE = 500;

/** Changes of progress are told at most so often, milliseconds. */
const PROGRESS_PAUSE = 100;

/** Uploads begun so far: what they are called by. */
let uploads = 0;

/** One file's way into a document. The queue calls `run` when it is its turn. */
export class FileUpload implements UploadHandle {
  readonly id: string;
  readonly state: Subject<UploadState>;
  readonly done: Promise<Document>;
  readonly #parts: UploadParts;
  readonly #file: File;
  readonly #speed = new Speedometer();
  #settle!: { resolve(document: Document): void; reject(error: ZonedError): void };
  #checkDuplicates: boolean;
  #digest: string | undefined;
  #target: Target | undefined;
  #user: string | undefined;
  #transfer: Transfer | undefined;
  #abort: AbortController | undefined;
  #endClaim: (() => void) | undefined;
  #toldAt = 0;

  constructor(parts: UploadParts, file: File, options: UploadFileOptions = {}) {
    uploads += 1;
    this.id = `upload-${uploads}`;
    this.#parts = parts;
    this.#file = file;
    this.#checkDuplicates = options.checkDuplicates ?? true;
    this.state = subject<UploadState>({
      id: this.id,
      name: acceptableName(options.name ?? file.name),
      size: file.size,
      status: "waiting",
      sent: 0,
      speed: null,
      secondsLeft: null,
      resumed: false,
      documentId: null,
      duplicateOf: null,
      error: null,
    });
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever does not wait for the end reads of failures in the state.
    this.done.catch(() => {});
  }

  pause(): void {
    const { status } = this.state.get();
    if (status !== "waiting" && status !== "checking" && status !== "uploading") return;
    this.#set({ status: "paused", speed: null, secondsLeft: null });
    this.#stop();
    this.#parts.schedule();
  }

  resume(): void {
    const { status } = this.state.get();
    if (status !== "paused" && status !== "failed" && status !== "duplicate") return;
    if (status === "duplicate") this.#checkDuplicates = false;
    this.#set({ status: "waiting", error: null, duplicateOf: null });
    this.#parts.schedule();
  }

  async cancel(): Promise<void> {
    const { status } = this.state.get();
    if (status === "done" || status === "canceled") return;
    this.#set({ status: "canceled", speed: null, secondsLeft: null, error: null });
    this.#settle.reject(new ZonedError({ code: "canceled", message: "The upload was canceled." }));
    this.#abort?.abort();
    const target = this.#target;
    const current = this.#transfer;
    this.#parts.schedule();
    if (target && this.#user) this.#parts.memory.forget(this.#user, target.documentId);
    // What cannot be removed now, Storage and the daemon remove when the document's time is over.
    if (current) await current.abandon().catch(() => {});
    else if (target?.uploadUrl) await abandonUpload(this.#parts, target.uploadUrl).catch(() => {});
    if (target) await this.#parts.documents.delete(target.documentId).catch(() => {});
  }

  /** Checks and sends the file; ends when it arrived, or there is nothing more to do for now. */
  async run(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      this.#set({ status: "checking", sent: 0 });
      const refusal = await checkFile(this.#file, this.#parts.maxSize);
      if (refusal) throw refusal;
      const user = await userId(this.#parts.supabase);
      if (this.#user !== undefined && this.#user !== user) throw notTheirs();
      this.#user = user;
      if (!abort.signal.aborted) await this.#findUnfinished(this.#user);
      if (!abort.signal.aborted && !this.#target && (await this.#findDuplicate(abort.signal))) return;
      if (!abort.signal.aborted) await this.#send(abort.signal);
    } catch (failure) {
      if (!abort.signal.aborted) this.#fail(toZonedError(failure));
    } finally {
      this.#endClaim?.();
      this.#endClaim = undefined;
    }
  }

  /** Goes on with what was begun: by this upload before a pause, or by an earlier page with the same file. */
  async #findUnfinished(user: string) {
    const own = this.#target;
    const { name } = this.state.get();
    const { size, lastModified } = this.#file;
    const kept = own ?? this.#parts.memory.find(user, { name, size, lastModified });
    if (!kept) return;
    this.#endClaim = (await claimUpload(kept.documentId)) ?? undefined;
    if (!this.#endClaim) {
      if (own) throw sentElsewhere();
      // Another page sends it: this is one more upload of the same file.
      return;
    }
    const document = await this.#parts.documents.get(kept.documentId).catch((error: unknown) => {
      if (isZonedError(error, "not_found")) return undefined;
      throw error;
    });
    if (document?.status === "awaiting_upload") {
      this.#target = { documentId: kept.documentId, objectPath: kept.objectPath, uploadUrl: kept.uploadUrl };
      this.#set({ documentId: kept.documentId, resumed: this.state.get().resumed || own === undefined });
      return;
    }
    this.#parts.memory.forget(user, kept.documentId);
    const arrived = own !== undefined && document && document.status !== "failed";
    this.#target = arrived ? own : undefined;
    this.#set({ documentId: this.#target?.documentId ?? null });
  }

  /** Whether the file is there already; then the user has the word. */
  async #findDuplicate(signal: AbortSignal): Promise<boolean> {
    if (!this.#checkDuplicates) return false;
    this.#digest ??= await sha256(this.#file, { signal, onProgress: (read) => this.#progress(read) });
    const duplicate = await this.#parts.documents.findBySha256(this.#digest, { signal });
    if (!duplicate || signal.aborted) return false;
    this.#set({ status: "duplicate", duplicateOf: duplicate, sent: 0, speed: null, secondsLeft: null });
    this.#parts.schedule();
    return true;
  }

  async #send(signal: AbortSignal) {
    this.#speed.reset();
    this.#set({ status: "uploading", sent: 0, speed: null, secondsLeft: null });
    const target = this.#target ?? (await this.#createDocument());
    this.#target = target;
    this.#set({ documentId: target.documentId });
    // Canceled or paused while the document was made.
    if (signal.aborted) return this.#orphaned(target.documentId);
    this.#endClaim ??= (await claimUpload(target.documentId)) ?? undefined;
    this.#remember(0);
    if (!(await this.#sendTo(target, signal))) return;
    let document = await this.#acknowledged(target.documentId, signal);
    if (!document && !signal.aborted) {
      // All bytes arrived, but what had to be done with them was not: they are sent once more.
      target.uploadUrl = null;
      if (!(await this.#sendTo(target, signal))) return;
      document = await this.#acknowledged(target.documentId, signal);
    }
    if (document) this.#arrived(document);
    else if (!signal.aborted) throw unacknowledged();
  }

  /** Whether all bytes were sent; false when it was stopped before. */
  async #sendTo(target: Target, signal: AbortSignal): Promise<boolean> {
    const current = await transfer({
      supabase: this.#parts.supabase,
      endpoint: this.#parts.endpoint,
      apiKey: this.#parts.apiKey,
      file: this.#file,
      objectPath: target.objectPath,
      uploadUrl: target.uploadUrl,
      onProgress: (sent) => this.#progress(sent),
      onUrl: (url) => {
        target.uploadUrl = url;
        this.#remember(this.state.get().sent);
      },
    });
    this.#transfer = current;
    const stopped = new Promise<"stopped">((resolve) => {
      if (signal.aborted) resolve("stopped");
      signal.addEventListener("abort", () => resolve("stopped"), { once: true });
    });
    const outcome = await Promise.race([current.done, stopped]);
    if (outcome !== "stopped") return true;
    current.done.catch(() => {});
    if (this.state.get().status !== "canceled") await current.pause().catch(() => {});
    return false;
  }

  /** The document, once it knows that its file is there; undefined when it does not get to know. */
  async #acknowledged(documentId: string, signal: AbortSignal): Promise<Document | undefined> {
    const end = Date.now() + this.#parts.patience;
    while (!signal.aborted) {
      const document = await this.#parts.documents.get(documentId);
      if (document.status !== "awaiting_upload") return document;
      if (Date.now() > end) return undefined;
      await new Promise((resolve) => setTimeout(resolve, ACKNOWLEDGEMENT_PAUSE));
    }
    return undefined;
  }

  async #orphaned(documentId: string) {
    if (this.state.get().status !== "canceled") return this.#remember(0);
    await this.#parts.documents.delete(documentId).catch(() => {});
  }

  async #createDocument(): Promise<Target> {
    const row = await answered(
      this.#parts.supabase.rpc("create_document", {
        name: this.state.get().name,
        byte_size: this.#file.size,
        ...(this.#digest === undefined ? {} : { sha256: this.#digest }),
      }),
    );
    const document = documentOf(row);
    return { documentId: document.id, objectPath: document.objectPath, uploadUrl: null };
  }

  #arrived(document: Document) {
    if (this.#user) this.#parts.memory.forget(this.#user, document.id);
    this.#set({ status: "done", sent: this.#file.size, speed: null, secondsLeft: 0 });
    this.#settle.resolve(document);
    this.#parts.schedule();
  }

  #fail(error: ZonedError) {
    this.#set({ status: "failed", error, speed: null, secondsLeft: null });
    // A failure that can be resumed does not end it.
    if (!error.retryable && error.code !== "unauthenticated") this.#settle.reject(error);
    this.#parts.schedule();
  }

  #stop() {
    this.#abort?.abort();
    this.#transfer = undefined;
  }

  #remember(sent: number) {
    if (!this.#user || !this.#target) return;
    this.#parts.memory.keep(this.#user, {
      ...this.#target,
      name: this.state.get().name,
      size: this.#file.size,
      lastModified: this.#file.lastModified,
      sent,
      startedAt: Date.now(),
    });
  }

  #progress(sent: number) {
    const now = Date.now();
    const { status } = this.state.get();
    if (status !== "checking" && status !== "uploading") return;
    if (status === "uploading") this.#speed.add(sent, now);
    if (now - this.#toldAt < PROGRESS_PAUSE && sent < this.#file.size) return;
    this.#toldAt = now;
    this.#set({ sent, speed: this.#speed.speed(), secondsLeft: this.#speed.secondsLeft(this.#file.size) });
  }

  #set(change: Partial<UploadState>) {
    this.state.set({ ...this.state.get(), ...change });
  }
}

function unacknowledged(): ZonedError {
  return new ZonedError({
    code: "unavailable",
    message: "The file was sent, but did not get where it belongs.",
    hint: "Resume the upload in a moment.",
  });
}

function notTheirs(): ZonedError {
  return new ZonedError({
    code: "forbidden",
    message: "This upload was begun by somebody else.",
    hint: "Choose the file again to upload it as yours.",
  });
}

function sentElsewhere(): ZonedError {
  return new ZonedError({
    code: "conflict",
    message: "Another window goes on with this upload.",
    hint: "Follow it there, or close that window and resume here.",
  });
}
