import type { DetailedError, HttpRequest, UploadOptions } from "tus-js-client";
import type { ZonedSupabase } from "../context.js";
import { ZonedError } from "../error.js";
import { toZonedError } from "../error_from.js";

/** One file on its way to Storage. */
export interface Transfer {
  /** Ends when all bytes have arrived; rejects with a ZonedError. */
  readonly done: Promise<void>;
  /** Stops sending; what arrived is kept. */
  pause(): Promise<void>;
  /** Stops sending, and has Storage forget what arrived. */
  abandon(): Promise<void>;
}

export interface TransferParts {
  readonly supabase: ZonedSupabase;
  readonly endpoint: string;
  /** The project's public key: gateways ask for it beside the user's token. */
  readonly apiKey: string;
  readonly file: Blob;
  readonly objectPath: string;
  /** Where an earlier attempt was sent to. */
  readonly uploadUrl: string | null;
  readonly onProgress: (sent: number) => void;
  readonly onUrl: (url: string) => void;
}

/** Storage takes chunks of exactly this size, but for the last one, bytes. */
const CHUNK_SIZE = 6 * 1024 * 1024;
/** Pauses before attempts, milliseconds; the count begins anew with each chunk that arrives. */
const RETRY_DELAYS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000];

/** Sends a file by the resumable protocol (tus 1.0.0), chunk by chunk; each request has the token of its moment. */
export async function transfer(parts: TransferParts): Promise<Transfer> {
  const tus = await import("tus-js-client");
  let settle: { resolve(): void; reject(error: ZonedError): void };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const options: UploadOptions = {
    endpoint: parts.endpoint,
    uploadUrl: parts.uploadUrl && movedTo(parts.endpoint, parts.uploadUrl),
    headers: { apikey: parts.apiKey },
    chunkSize: CHUNK_SIZE,
    retryDelays: RETRY_DELAYS,
    uploadDataDuringCreation: true,
    storeFingerprintForResuming: false,
    metadata: {
      bucketName: "documents",
      objectName: parts.objectPath,
      contentType: "application/pdf",
      cacheControl: "3600",
    },
    onBeforeRequest: (request) => authorise(parts.supabase, request),
    onShouldRetry: (error) => isWorthRetrying(error),
    onProgress: (sent) => parts.onProgress(sent),
    onUploadUrlAvailable: () => {
      if (upload.url) parts.onUrl(upload.url);
    },
    onSuccess: () => settle.resolve(),
    onError: (error) => settle.reject(errorOf(error)),
  };
  if (typeof XMLHttpRequest === "undefined") options.fileReader = blobReader;
  const upload = new tus.Upload(parts.file as File, options);
  upload.start();
  return {
    done,
    pause: () => upload.abort(false),
    abandon: () => upload.abort(true),
  };
}

/** Has Storage forget what arrived of an upload that nobody sends at the moment. */
export async function abandonUpload(
  parts: Pick<TransferParts, "supabase" | "endpoint" | "apiKey">,
  uploadUrl: string,
): Promise<void> {
  const tus = await import("tus-js-client");
  await tus.Upload.terminate(movedTo(parts.endpoint, uploadUrl), {
    headers: { apikey: parts.apiKey },
    onBeforeRequest: (request) => authorise(parts.supabase, request),
  });
}

/** The same upload at the endpoint of today: a project's address may have changed since the upload began. */
function movedTo(endpoint: string, uploadUrl: string): string {
  const id = /\/upload\/resumable\/(.+)$/.exec(uploadUrl)?.[1];
  return id === undefined ? uploadUrl : `${endpoint}/${id}`;
}

async function authorise(supabase: ZonedSupabase, request: HttpRequest): Promise<void> {
  // Refreshes a token that is about to expire.
  const { data, error } = await supabase.auth.getSession();
  if (error) throw error;
  if (!data.session)
    throw new ZonedError({
      code: "unauthenticated",
      message: "Your session is over.",
      hint: "Sign in, then resume.",
    });
  request.setHeader("authorization", `Bearer ${data.session.access_token}`);
}

function statusOf(error: DetailedError | Error): number {
  return ("originalResponse" in error && error.originalResponse?.getStatus()) || 0;
}

/** Locks, conflicting offsets (the next attempt asks for the right one), too many requests, failures of the server. */
function isWorthRetrying(error: DetailedError): boolean {
  const status = statusOf(error);
  if (status === 0) return !(error.causingError instanceof ZonedError);
  return status === 409
    ? !isExisting(error)
    : status === 423 || status === 429 || status === 460 || status >= 500;
}

function bodyOf(error: DetailedError | Error): string {
  return ("originalResponse" in error && error.originalResponse?.getBody()) || "";
}

function isExisting(error: DetailedError | Error): boolean {
  return /already exists/i.test(bodyOf(error));
}

function errorOf(error: DetailedError | Error): ZonedError {
  if ("causingError" in error && error.causingError instanceof ZonedError) return error.causingError;
  const status = statusOf(error);
  if (status === 0) {
    return new ZonedError({
      code: "network",
      message: "The upload was interrupted.",
      hint: "Check your connection, then resume it.",
      cause: error,
    });
  }
  if (status === 409) {
    return new ZonedError({
      code: "conflict",
      message: "The file of this document is there already.",
      hint: "Reload the list of documents.",
      cause: error,
    });
  }
  // Errors about tokens come as JSON with the status that is meant.
  const meant = /"statusCode":"(\d+)"/.exec(bodyOf(error))?.[1];
  const failure = toZonedError({ message: bodyOf(error) }, meant ? Number(meant) : status);
  const { code, message, hint, retryable } = failure;
  return new ZonedError({ code, message, hint, retryable, cause: error });
}

/** Outside browsers the transport takes bytes, not blobs: one chunk at a time is read. */
const blobReader = {
  async openFile(file: Blob) {
    return {
      size: file.size,
      async slice(start: number, end: number) {
        const upTo = Math.min(end, file.size);
        const bytes = new Uint8Array(await file.slice(start, upTo).arrayBuffer());
        // The protocol's client measures what it sends by `size`, as blobs have it.
        const value = Object.assign(bytes, { size: bytes.length });
        return { value, done: upTo >= file.size };
      },
      close() {},
    };
  },
};
