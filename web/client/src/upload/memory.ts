import * as z from "zod/mini";

/** An upload that a page left unfinished. */
export interface InterruptedUpload {
  readonly documentId: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: number;
  readonly objectPath: string;
  /** Where the rest is sent to; null when not even the beginning was. */
  readonly uploadUrl: string | null;
  /** Bytes that arrived, as far as known. */
  readonly sent: number;
  /** When it was begun, milliseconds as of Date.now. */
  readonly startedAt: number;
}

/** Where a page keeps what it needs to go on after a reload. */
export type KeyValueStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const listSchema = z.array(
  z.object({
    documentId: z.string(),
    name: z.string(),
    size: z.number(),
    lastModified: z.number(),
    objectPath: z.string(),
    uploadUrl: z.nullable(z.string()),
    sent: z.number(),
    startedAt: z.number(),
  }),
);

/** A document's file is not awaited for longer than a day, milliseconds. */
const KEPT = 24 * 60 * 60 * 1000;
/** Unfinished uploads kept at most. */
const MOST = 200;

/** Remembers unfinished uploads of one user across reloads. */
export class UploadMemory {
  readonly #given: KeyValueStore | undefined;

  /** In the browser's localStorage when not given. */
  constructor(store?: KeyValueStore) {
    this.#given = store;
  }

  /** Looked for when it is needed: a server has none. */
  get #store(): KeyValueStore | undefined {
    return this.#given ?? browserStore();
  }

  /** What is unfinished, the latest first. */
  list(user: string): InterruptedUpload[] {
    try {
      const kept = listSchema.parse(JSON.parse(this.#store?.getItem(keyOf(user)) ?? "[]"));
      return kept.filter((upload) => Date.now() - upload.startedAt < KEPT);
    } catch {
      return [];
    }
  }

  /** The unfinished upload of this file: the same name, size and time of change. */
  find(user: string, file: { readonly name: string; readonly size: number; readonly lastModified: number }) {
    return this.list(user).find(
      (upload) =>
        upload.name === file.name && upload.size === file.size && upload.lastModified === file.lastModified,
    );
  }

  keep(user: string, upload: InterruptedUpload): void {
    const others = this.list(user).filter((other) => other.documentId !== upload.documentId);
    this.#write(user, [upload, ...others].slice(0, MOST));
  }

  forget(user: string, documentId: string): void {
    this.#write(
      user,
      this.list(user).filter((upload) => upload.documentId !== documentId),
    );
  }

  #write(user: string, uploads: readonly InterruptedUpload[]) {
    try {
      if (uploads.length === 0) this.#store?.removeItem(keyOf(user));
      else this.#store?.setItem(keyOf(user), JSON.stringify(uploads));
    } catch {
      // A full or forbidden store: an upload can then not be resumed after a reload, everything else works.
    }
  }
}

function keyOf(user: string): string {
  return `zoned.uploads.${user}`;
}

function browserStore(): KeyValueStore | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
