import { type Account, accountOf } from "./account.js";
import { type ApiTokens, apiTokensOf } from "./api_tokens.js";
import type { ZonedSupabase } from "./context.js";
import { type Documents, documentsOf } from "./documents.js";
import { type Exports, exportsOf } from "./exports.js";
import { type Jobs, jobsOf } from "./jobs.js";
import type { Observable } from "./observable.js";
import { type Pages, pagesOf } from "./pages.js";
import { type Presets, presetsOf } from "./presets.js";
import type { ConnectionState } from "./realtime/connection.js";
import { type Watcher, type WatchParts, watchOf } from "./realtime/watch.js";
import { type SettingsStore, settingsOf, type ViewStates, viewStatesOf } from "./settings.js";
import { MAX_FILE_SIZE } from "./upload/check.js";
import { type KeyValueStore, UploadMemory } from "./upload/memory.js";
import { type Uploads, uploadsOf } from "./upload/queue.js";
import type { UploadFileOptions, UploadHandle } from "./upload/upload.js";
import { type Webhooks, webhooksOf } from "./webhooks.js";
import { type Zones, zonesOf } from "./zones.js";

/** Settings of a client. */
export interface ZonedClientOptions {
  /** Files sent at the same time; 3 when not given. */
  readonly parallelUploads?: number | undefined;
  /** The largest file, bytes; 5 GiB when not given. Set it where the project's own limit is lower. */
  readonly maxFileSize?: number | undefined;
  /** Where unfinished uploads are remembered across reloads; the browser's localStorage when not given. */
  readonly uploadStore?: KeyValueStore | undefined;
  /** Parts of the live updates to replace, for tests. */
  readonly realtime?: Partial<WatchParts> | undefined;
}

/** Everything a program does with zoned. */
export interface ZonedClient {
  /** The supabase-js client that it was made with: signing in and out goes there. */
  readonly supabase: ZonedSupabase;
  readonly account: Account;
  readonly documents: Documents;
  readonly pages: Pages;
  readonly zones: Zones;
  readonly jobs: Jobs;
  readonly exports: Exports;
  readonly presets: Presets;
  readonly settings: SettingsStore;
  readonly viewStates: ViewStates;
  readonly apiTokens: ApiTokens;
  readonly webhooks: Webhooks;
  readonly uploads: Uploads;
  /**
   * Uploads one PDF: resumable, in chunks of 6 MiB, without holding the file in memory.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function send(zoned: ZonedClient, file: File) {
   *   const upload = zoned.upload(file);
   *   upload.state.subscribe(() => {
   *     const { status, sent, size, secondsLeft } = upload.state.get();
   *     console.log(status, `${Math.round((100 * sent) / size)} %`, secondsLeft);
   *   });
   *   return upload.done;
   * }
   * ```
   */
  upload(file: File, options?: UploadFileOptions): UploadHandle;
  /**
   * Watches one document from now on; the function returned ends that. However many watch it, there is one channel.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * function log(zoned: ZonedClient, documentId: string) {
   *   return zoned.watchDocument(documentId, (event) => {
   *     if (event.kind === "progress") console.log(event.pagesDone, "of", event.pagesTotal);
   *   });
   * }
   * ```
   */
  watchDocument(id: string, watcher: Watcher): () => void;
  /**
   * Watches all documents of whoever is signed in, from now on; the function returned ends that.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * function log(zoned: ZonedClient) {
   *   return zoned.watchDocuments({
   *     onEvent: (event) => console.log(event.documentId, event.seq, event.kind),
   *     onDeleted: (documentId) => console.log(documentId, "is gone"),
   *   });
   * }
   * ```
   */
  watchDocuments(watcher: Watcher): () => void;
  /** How live updates arrive. */
  readonly connection: Observable<ConnectionState>;
  /**
   * Tries at once to get live updates again, without waiting any longer.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * function wake(zoned: ZonedClient) {
   *   if (zoned.connection.get().status === "polling") zoned.reconnect();
   * }
   * ```
   */
  reconnect(): void;
  /**
   * Ends all watching and pauses all uploads.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function leave(zoned: ZonedClient) {
   *   zoned.close();
   *   await zoned.supabase.auth.signOut();
   * }
   * ```
   */
  close(): void;
}

/**
 * Makes a client of a supabase-js client. Nothing is sent before it is asked for something; safe on a server.
 *
 * @example
 * ```ts
 * import { createClient } from "@supabase/supabase-js";
 * import { createZonedClient, type Database } from "@zoned/client";
 *
 * const supabase = createClient<Database>("https://project.supabase.co", "sb_publishable_key");
 * const zoned = createZonedClient(supabase);
 * await supabase.auth.signInWithPassword({ email: "me@example.com", password: "correct horse" });
 * const { items } = await zoned.documents.list({ statuses: ["ready"] });
 * ```
 */
export function createZonedClient(supabase: ZonedSupabase, options: ZonedClientOptions = {}): ZonedClient {
  const documents = documentsOf(supabase);
  const watch = watchOf(supabase, options.realtime);
  const uploads = uploadsOf(
    {
      supabase,
      documents,
      memory: new UploadMemory(options.uploadStore),
      ...uploadTarget(supabase),
      maxSize: options.maxFileSize ?? MAX_FILE_SIZE,
      patience: 20_000,
    },
    Math.max(options.parallelUploads ?? 3, 1),
  );
  return {
    supabase,
    account: accountOf(supabase),
    documents,
    pages: pagesOf(supabase),
    zones: zonesOf(supabase),
    jobs: jobsOf(supabase),
    exports: exportsOf(supabase),
    presets: presetsOf(supabase),
    settings: settingsOf(supabase),
    viewStates: viewStatesOf(supabase),
    apiTokens: apiTokensOf(supabase),
    webhooks: webhooksOf(supabase),
    uploads,
    upload(file, fileOptions) {
      const [handle] = uploads.add([file], fileOptions);
      return handle as UploadHandle;
    },
    watchDocument: watch.document,
    watchDocuments: watch.documents,
    connection: watch.connection,
    reconnect: watch.retry,
    close() {
      watch.close();
      uploads.pauseAll();
    },
  };
}

/** Where Storage is, and the project's public key: supabase-js knows both, but does not say so in its types. */
function uploadTarget(supabase: ZonedSupabase): { readonly endpoint: string; readonly apiKey: string } {
  const { supabaseKey } = supabase as unknown as { readonly supabaseKey: string };
  const { url } = supabase.storage as unknown as { readonly url: string };
  return { endpoint: `${url.replace(/\/$/, "")}/upload/resumable`, apiKey: supabaseKey };
}
