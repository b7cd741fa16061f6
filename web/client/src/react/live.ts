import type { QueryClient } from "@tanstack/react-query";
import type { ZonedClient } from "../client.js";
import type { Document, Progress } from "../model/document.js";
import type { ZonedEvent } from "../model/event.js";
import type { Export } from "../model/export.js";
import type { Job } from "../model/job.js";
import type { Page } from "../model/page.js";
import type { Zone } from "../model/zone.js";
import {
  dropDocument,
  invalidateListsByStatus,
  mapSlices,
  patchDocument,
  patchZones,
  type Slices,
  withPages,
  withZone,
} from "./cache.js";
import { zonedKeys } from "./keys.js";

type EventOf<Kind extends ZonedEvent["kind"]> = Extract<ZonedEvent, { kind: Kind }>;

/** Events of a kind that comes often are taken together for this long, milliseconds. */
const GATHER = 150;

/** Keeps the cache current: each event changes what it is about, and only what it does not hold itself is fetched. */
export function followEvents(client: ZonedClient, queries: QueryClient): () => void {
  const cache = new LiveCache(client, queries);
  const endWatch = client.watchDocuments({
    onEvent: (event) => cache.take(event),
    onDeleted: (documentId) => dropDocument(queries, documentId),
    onSynced: (first) => {
      // Read before watching began: something may have happened in between.
      if (first) refreshLists(queries);
    },
  });
  return () => {
    endWatch();
    cache.close();
  };
}

function refreshLists(queries: QueryClient) {
  void queries.invalidateQueries({ queryKey: zonedKeys.documents.lists() });
}

/** What of the cache an event changes. */
function keysOf(event: ZonedEvent): readonly (readonly unknown[])[] {
  const { documentId } = event;
  switch (event.kind) {
    case "document.created":
    case "document.status":
      return [zonedKeys.documents.one(documentId), zonedKeys.documents.lists()];
    case "pages.saved":
      return [zonedKeys.pages.list(documentId), zonedKeys.zones.document(documentId)];
    case "zones.changed":
      return [zonedKeys.zones.page(documentId, event.pageNumber)];
    case "job.state":
      return [zonedKeys.jobs.list(documentId)];
    case "export.status":
      return [zonedKeys.exports.lists()];
    // How far a job is comes several times a second: the next one is never far.
    case "progress":
    case "other":
      return [];
  }
}

/** Page numbers of a document. */
interface Range {
  readonly first: number;
  readonly last: number;
}

class LiveCache {
  readonly #client: ZonedClient;
  readonly #queries: QueryClient;
  /** Of running export jobs, which export each is about. */
  readonly #exportsByJob = new Map<string, string>();
  readonly #savedPages = new Map<string, Range>();
  readonly #savedZones = new Map<string, { documentId: string; pageNumber: number; ids: Set<string> }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listsAreOld = false;

  constructor(client: ZonedClient, queries: QueryClient) {
    this.#client = client;
    this.#queries = queries;
  }

  take(event: ZonedEvent): void {
    const reads = this.#readsOf(event);
    if (reads.length === 0) {
      this.#apply(event);
      return;
    }
    // Their answers may be older than the event, and would replace what it changed.
    void Promise.allSettled(reads).then(() => setTimeout(() => this.#apply(event)));
  }

  /** What is being read at this moment of what the event is about. */
  #readsOf(event: ZonedEvent): Promise<unknown>[] {
    const cache = this.#queries.getQueryCache();
    return keysOf(event)
      .flatMap((queryKey) => cache.findAll({ queryKey, fetchStatus: "fetching" }))
      .flatMap((query) => query.promise ?? []);
  }

  #apply(event: ZonedEvent): void {
    switch (event.kind) {
      case "document.created":
      case "document.status":
        this.#document(event);
        break;
      case "progress":
        this.#progress(event);
        break;
      case "pages.saved":
        this.#pages(event);
        break;
      case "zones.changed":
        this.#zones(event);
        break;
      case "job.state":
        this.#job(event);
        break;
      case "export.status":
        this.#export(event);
        break;
      case "other":
        break;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #document(event: EventOf<"document.created" | "document.status">) {
    let statusChanged = false;
    const found = patchDocument(this.#queries, event.documentId, (document) => {
      statusChanged ||= document.status !== event.status;
      const { status, name, pageCount, error } = event;
      const progress = status === "queued" || status === "processing" ? document.progress : null;
      return { ...document, status, name, pageCount, error, progress, updatedAt: event.at };
    });
    if (statusChanged) invalidateListsByStatus(this.#queries);
    if (!found) {
      this.#listsAreOld = true;
      this.#schedule();
    }
  }

  #progress(event: EventOf<"progress">) {
    const { jobId } = event;
    if (jobId === null) return;
    const { stage, pagesDone, pagesTotal, percent, etaSeconds, message } = event;
    const progress: Progress = { jobId, stage, pagesDone, pagesTotal, percent, etaSeconds, message };
    const exportId = this.#exportsByJob.get(jobId);
    if (exportId !== undefined) {
      this.#queries.setQueryData<Progress>(zonedKeys.exports.progress(exportId), progress);
      return;
    }
    // A zone that is read anew has progress too, but then the document is ready.
    patchDocument(this.#queries, event.documentId, (document: Document) =>
      document.status === "processing" || document.status === "queued" ? { ...document, progress } : document,
    );
    this.#queries.setQueryData<Job[]>(zonedKeys.jobs.list(event.documentId), (jobs) =>
      jobs?.map((job) => (job.id === jobId ? { ...job, progress } : job)),
    );
  }

  #pages(event: EventOf<"pages.saved">) {
    const known = this.#savedPages.get(event.documentId);
    this.#savedPages.set(event.documentId, {
      first: Math.min(known?.first ?? event.firstPage, event.firstPage),
      last: Math.max(known?.last ?? event.lastPage, event.lastPage),
    });
    this.#schedule();
  }

  #zones(event: EventOf<"zones.changed">) {
    const { documentId, pageNumber, saved, deleted } = event;
    void this.#queries.invalidateQueries({ queryKey: zonedKeys.zones.history(documentId) });
    const queryKey = zonedKeys.zones.page(documentId, pageNumber);
    const present = this.#queries.getQueryData<Zone[]>(queryKey);
    if (!present) return;
    if (saved === null || deleted === null) {
      void this.#queries.invalidateQueries({ queryKey });
      return;
    }
    if (deleted.length > 0) {
      patchZones(this.#queries, documentId, pageNumber, (zones) =>
        zones.some((zone) => deleted.includes(zone.id))
          ? zones.filter((zone) => !deleted.includes(zone.id))
          : zones,
      );
    }
    // An edit of one's own is there already.
    const newer = saved.filter(({ id, revision }) => {
      const zone = present.find((candidate) => candidate.id === id);
      return !zone || zone.revision < revision;
    });
    if (newer.length === 0) return;
    const key = `${documentId}/${pageNumber}`;
    const waiting = this.#savedZones.get(key) ?? { documentId, pageNumber, ids: new Set<string>() };
    for (const { id } of newer) waiting.ids.add(id);
    this.#savedZones.set(key, waiting);
    this.#schedule();
  }

  #job(event: EventOf<"job.state">) {
    const { jobId, state, attempts, runAfter, error } = event;
    if (jobId === null) return;
    if (event.exportId !== null) {
      if (state === "queued" || state === "running") this.#exportsByJob.set(jobId, event.exportId);
      else this.#exportsByJob.delete(jobId);
    }
    const queryKey = zonedKeys.jobs.list(event.documentId);
    const jobs = this.#queries.getQueryData<Job[]>(queryKey);
    if (!jobs) return;
    if (!jobs.some((job) => job.id === jobId)) {
      void this.#queries.invalidateQueries({ queryKey });
      return;
    }
    // As the database sets them: when it was claimed first, and when it ended.
    const begun = state === "running" ? event.at : null;
    const finishedAt = state === "queued" || state === "running" ? null : event.at;
    this.#queries.setQueryData<Job[]>(
      queryKey,
      jobs.map((job) => {
        if (job.id !== jobId) return job;
        return { ...job, state, attempts, runAfter, error, startedAt: job.startedAt ?? begun, finishedAt };
      }),
    );
  }

  #export(event: EventOf<"export.status">) {
    let found = false;
    const { status, byteSize, sha256, error } = event;
    this.#queries.setQueriesData<Slices<Export>>(
      { queryKey: zonedKeys.exports.lists() },
      (slices) =>
        slices &&
        mapSlices(slices, (item) => {
          if (item.id !== event.exportId) return item;
          found = true;
          return { ...item, status, byteSize, sha256, error, updatedAt: event.at };
        }),
    );
    if (!found) void this.#queries.invalidateQueries({ queryKey: zonedKeys.exports.lists() });
  }

  #schedule() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, GATHER);
  }

  #flush() {
    if (this.#listsAreOld) {
      this.#listsAreOld = false;
      refreshLists(this.#queries);
    }
    const pages = [...this.#savedPages];
    this.#savedPages.clear();
    for (const [documentId, range] of pages) void this.#fetchPages(documentId, range);
    const zones = [...this.#savedZones.values()];
    this.#savedZones.clear();
    for (const { documentId, pageNumber, ids } of zones)
      void this.#fetchZones(documentId, pageNumber, [...ids]);
  }

  async #fetchPages(documentId: string, { first, last }: Range) {
    // Zones of these pages that were asked for too early.
    void this.#queries.invalidateQueries({
      queryKey: zonedKeys.zones.document(documentId),
      predicate: ({ queryKey }) => {
        const pageNumber = queryKey[3];
        return typeof pageNumber === "number" && pageNumber >= first && pageNumber <= last;
      },
    });
    const queryKey = zonedKeys.pages.list(documentId);
    if (!this.#queries.getQueryData(queryKey)) return;
    try {
      const saved = await this.#client.pages.list(documentId, { from: first, to: last });
      this.#queries.setQueryData<Page[]>(queryKey, (pages) => pages && withPages(pages, saved));
    } catch {
      void this.#queries.invalidateQueries({ queryKey });
    }
  }

  async #fetchZones(documentId: string, pageNumber: number, ids: string[]) {
    try {
      const fetched = await this.#client.zones.getMany(ids);
      patchZones(this.#queries, documentId, pageNumber, (zones) => {
        const newer = fetched.filter(
          (zone) => !zones.some((old) => old.id === zone.id && old.revision > zone.revision),
        );
        return newer.reduce<Zone[]>(withZone, zones);
      });
    } catch {
      void this.#queries.invalidateQueries({ queryKey: zonedKeys.zones.page(documentId, pageNumber) });
    }
  }
}
