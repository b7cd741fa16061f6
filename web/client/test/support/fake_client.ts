import type { ApiToken, Job, Webhook, WebhookDelivery, ZonedClient, ZonedEvent } from "../../src/index";
import { type Document, type Export, type Page, type Slice, type Zone, ZonedError } from "../../src/index";
import { subject } from "../../src/observable";
import type { ConnectionState } from "../../src/realtime/connection";
import type { WatchHandlers } from "../../src/realtime/watch";
import type { UploadState } from "../../src/upload/upload";

export function aDocument(id: string, change: Partial<Document> = {}): Document {
  return {
    id,
    name: `${id}.pdf`,
    status: "ready",
    error: null,
    byteSize: 1,
    sha256: null,
    pageCount: 3,
    metadata: {},
    objectPath: `me/${id}/source.pdf`,
    progress: null,
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: "2026-01-01T00:00:00Z",
    ...change,
  };
}

export function aZone(id: string, change: Partial<Zone> = {}): Zone {
  return {
    id,
    documentId: "a",
    pageNumber: 1,
    kind: "paragraph",
    level: null,
    bbox: { x: 0, y: 0, width: 1, height: 1 },
    readingOrder: 0,
    content: id,
    table: null,
    items: null,
    edited: false,
    confidence: 1,
    origin: "engine",
    revision: 1,
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: "2026-01-01T00:00:00Z",
    ...change,
  };
}

export function aPage(pageNumber: number): Page {
  return {
    documentId: "a",
    pageNumber,
    width: 612,
    height: 792,
    rotation: 0,
    textSource: "native",
    imagePath: null,
    error: null,
  };
}

export function anExport(id: string, change: Partial<Export> = {}): Export {
  return {
    id,
    documentId: "a",
    format: "markdown",
    options: {},
    status: "queued",
    objectPath: `me/a/${id}.md`,
    byteSize: null,
    sha256: null,
    error: null,
    expiresAt: "2026-02-01T00:00:00Z",
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: "2026-01-01T00:00:00Z",
    ...change,
  };
}

export function aJob(id: string, change: Partial<Job> = {}): Job {
  return {
    id,
    kind: "process_document",
    documentId: "a",
    exportId: null,
    params: { kind: "process_document", languages: null },
    state: "queued",
    attempts: 0,
    maxAttempts: 5,
    runAfter: "2026-01-01T00:00:00Z",
    error: null,
    progress: null,
    createdAt: "2026-01-01T00:00:00Z",
    startedAt: null,
    finishedAt: null,
    ...change,
  };
}

export function aToken(id: string, change: Partial<ApiToken> = {}): ApiToken {
  return {
    id,
    name: `Token ${id}`,
    scope: "read",
    prefix: "zoned_012345",
    createdAt: "2026-01-01T00:00:00Z",
    expiresAt: "2026-04-01T00:00:00Z",
    lastUsedAt: null,
    revokedAt: null,
    ...change,
  };
}

export function aWebhook(id: string, change: Partial<Webhook> = {}): Webhook {
  return {
    id,
    url: `https://example.com/${id}`,
    events: ["document.ready"],
    description: "",
    enabled: true,
    createdAt: "2026-01-01T00:00:00Z",
    ...change,
  };
}

export function aDelivery(id: string, change: Partial<WebhookDelivery> = {}): WebhookDelivery {
  return {
    id,
    webhookId: "w",
    event: "document.ready",
    state: "delivered",
    attempts: 1,
    nextAttemptAt: "2026-01-01T00:00:00Z",
    responseStatus: 200,
    error: null,
    createdAt: "2026-01-01T00:00:00Z",
    deliveredAt: "2026-01-01T00:00:01Z",
    ...change,
  };
}

let seq = 0;
type Body<Event> = Event extends ZonedEvent ? Omit<Event, "documentId" | "seq" | "jobId" | "at"> : never;

/** The next event of document `a`, or of another. */
export function anEvent(
  body: Body<ZonedEvent>,
  of: { documentId?: string; jobId?: string } = {},
): ZonedEvent {
  seq += 1;
  return {
    documentId: of.documentId ?? "a",
    seq,
    jobId: of.jobId ?? null,
    at: "2026-01-02T00:00:00Z",
    ...body,
  } as ZonedEvent;
}

/** A promise that a test settles. */
export function deferred<Value>() {
  let settle!: { resolve(value: Value): void; reject(error: unknown): void };
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

/** A client without services: what it holds is in `data`, what it was asked for in `calls`. */
export function fakeClient() {
  const data = {
    documents: [aDocument("a"), aDocument("b"), aDocument("c")],
    zones: [aZone("one"), aZone("two", { readingOrder: 1 })],
    pages: [aPage(1)],
    exports: [] as Export[],
    jobs: [aJob("j")],
    settings: {} as Record<string, unknown>,
    viewState: {} as Record<string, unknown>,
    tokens: [aToken("t")],
    webhooks: [aWebhook("w")],
    deliveries: [aDelivery("d")],
  };
  const calls: string[] = [];
  const watchers = new Set<WatchHandlers>();
  const connection = subject<ConnectionState>({ status: "live", retryAt: null, error: null });
  const uploads = subject<readonly UploadState[]>([]);
  const authListeners = new Set<(event: string, session: unknown) => void>();

  const notFound = () => new ZonedError({ code: "not_found", message: "There is no such thing." });
  const slice = <Item>(items: Item[], cursor: string | null | undefined, size: number): Slice<Item> => {
    const start = Number(cursor ?? 0);
    return {
      items: items.slice(start, start + size),
      nextCursor: start + size < items.length ? String(start + size) : null,
    };
  };

  const client = {
    supabase: {
      auth: {
        onAuthStateChange(listener: (event: string, session: unknown) => void) {
          authListeners.add(listener);
          return { data: { subscription: { unsubscribe: () => authListeners.delete(listener) } } };
        },
      },
    },
    documents: {
      list: async (query: { pageSize?: number } = {}, cursor?: string | null) => {
        calls.push(`documents.list ${cursor ?? ""}`.trim());
        return slice(data.documents, cursor, query.pageSize ?? 50);
      },
      get: async (id: string) => {
        calls.push(`documents.get ${id}`);
        const found = data.documents.find((document) => document.id === id);
        if (!found) throw notFound();
        return found;
      },
      rename: async (id: string, name: string) => ({ ...aDocument(id), name }),
      delete: async (_ids: readonly string[]) => {},
    },
    pages: {
      list: async (_id: string, range: { from?: number; to?: number } = {}) => {
        calls.push(`pages.list ${range.from ?? ""}-${range.to ?? ""}`);
        return data.pages.filter(
          ({ pageNumber }) =>
            pageNumber >= (range.from ?? 1) && pageNumber <= (range.to ?? Number.POSITIVE_INFINITY),
        );
      },
    },
    zones: {
      list: async (_id: string, pageNumber: number) => {
        calls.push(`zones.list ${pageNumber}`);
        return data.zones.filter((zone) => zone.pageNumber === pageNumber);
      },
      getMany: async (ids: readonly string[]) => {
        calls.push(`zones.getMany ${ids.join()}`);
        return data.zones.filter(({ id }) => ids.includes(id));
      },
      update: async (id: string, change: Partial<Zone>, _options: { revision?: number }): Promise<Zone> => {
        const zone = data.zones.find((candidate) => candidate.id === id);
        if (!zone) throw notFound();
        return { ...zone, ...change, revision: zone.revision + 1 };
      },
      get: async (id: string): Promise<Zone> => {
        const zone = data.zones.find((candidate) => candidate.id === id);
        if (!zone) throw notFound();
        return zone;
      },
      draw: async (_id: string, pageNumber: number) =>
        aJob("drawn", {
          kind: "process_zone",
          params: {
            kind: "process_zone",
            zoneId: "drawn",
            revision: 1,
            pageNumber,
            box: { x: 0, y: 0, width: 1, height: 1 },
            zoneKind: null,
          },
        }),
      delete: async (_id: string) => {},
      order: async (_id: string, _page: number, _ids: readonly string[]): Promise<Zone[]> => [],
    },
    jobs: {
      list: async () => {
        calls.push("jobs.list");
        return data.jobs;
      },
    },
    exports: {
      list: async (_query: unknown, cursor?: string | null) => {
        calls.push("exports.list");
        return slice(data.exports, cursor, 50);
      },
      request: async (documentId: string) => anExport("new", { documentId }),
    },
    settings: {
      get: async () => data.settings,
      update: async (patch: Record<string, unknown>) => ({ ...data.settings, ...patch }),
    },
    viewStates: {
      get: async () => data.viewState,
      save: async (_id: string, state: Record<string, unknown>) => {
        calls.push(`viewStates.save ${JSON.stringify(state)}`);
      },
    },
    apiTokens: {
      list: async () => data.tokens,
      create: async ({ name }: { name: string }) => ({
        ...aToken("new", { name }),
        token: "zoned_plain text",
      }),
      revoke: async (id: string) => aToken(id, { revokedAt: "2026-01-02T00:00:00Z" }),
    },
    webhooks: {
      isAvailable: async () => true,
      list: async () => data.webhooks,
      create: async (webhook: Partial<Webhook>) => aWebhook("new", webhook),
      update: async (id: string, change: Partial<Webhook>) => aWebhook(id, change),
      delete: async (_id: string) => {},
      test: async (_id: string) => ({
        deliveryId: "d",
        state: "delivered",
        responseStatus: 200,
        error: null,
      }),
      deliveries: async (_query: unknown, cursor?: string | null) => {
        calls.push("webhooks.deliveries");
        return slice(data.deliveries, cursor, 50);
      },
      secret: async () => "whsec_one",
      rotateSecret: async () => "whsec_two",
    },
    uploads: { state: uploads, interrupted: async () => [] },
    connection,
    watchDocuments(watcher: WatchHandlers) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
  return {
    client: client as unknown as ZonedClient,
    /** The same with its types left, for spying. */
    parts: client,
    data,
    calls,
    connection,
    uploads,
    watchers,
    emit: (event: ZonedEvent) => {
      for (const watcher of watchers) watcher.onEvent?.(event);
    },
    deleted: (documentId: string) => {
      for (const watcher of watchers) watcher.onDeleted?.(documentId);
    },
    signIn: (user: string | null) => {
      for (const listener of authListeners)
        listener("SIGNED_IN", user === null ? null : { user: { id: user } });
    },
  };
}
