// @vitest-environment jsdom
import type { QueryClient } from "@tanstack/react-query";
import { act, cleanup, render, renderHook, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Document, type Job, type Zone, ZonedError } from "../src/index";
import {
  createReaderStore,
  createZonedQueryClient,
  Empty,
  ErrorMessage,
  QueryView,
  useConnection,
  useDeleteDocuments,
  useDeleteZone,
  useDocument,
  useDocuments,
  useDrawZone,
  useExportProgress,
  useExports,
  useJobs,
  useOrderZones,
  usePages,
  useReader,
  useRenameDocument,
  useRequestExport,
  useRetryDocument,
  useSettings,
  useUpdateZone,
  useUploads,
  useViewState,
  useZoned,
  useZones,
  type ZoneConflict,
  ZonedErrorBoundary,
  ZonedProvider,
  zonedKeys,
} from "../src/react/index";
import { aDocument, anEvent, anExport, aPage, aZone, deferred, fakeClient } from "./support/fake_client";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function setup() {
  const fake = fakeClient();
  const queries = createZonedQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ZonedProvider client={fake.client} queryClient={queries}>
      {children}
    </ZonedProvider>
  );
  return { ...fake, queries, wrapper };
}

type Setup = ReturnType<typeof setup>;

function hook<Result>({ wrapper }: Setup, use: () => Result) {
  return renderHook(use, { wrapper }).result;
}

const zonesOf = (queries: QueryClient, page = 1) =>
  queries.getQueryData<Zone[]>(zonedKeys.zones.page("a", page));

describe("events that come while something is being read", () => {
  it("count all the same: what is read may be older than they are", async () => {
    const fake = setup();
    const reading = deferred<Zone[]>();
    fake.parts.zones.list = () => reading.promise;
    const result = hook(fake, () => useZones("a", 1, { neighbours: 0 }));
    await waitFor(() => expect(result.current.fetchStatus).toBe("fetching"));
    fake.data.zones = [aZone("one", { content: "edited", revision: 2 })];
    fake.emit(
      anEvent({
        kind: "zones.changed",
        pageNumber: 1,
        saved: [{ id: "one", revision: 2 }],
        deleted: ["two"],
      }),
    );
    act(() => reading.resolve([aZone("one"), aZone("two")]));
    await waitFor(() => expect(result.current.data?.map(({ content }) => content)).toEqual(["edited"]));
  });

  it("bring pages that the read did not see", async () => {
    const fake = setup();
    const reading = deferred<ReturnType<typeof aPage>[]>();
    const { list } = fake.parts.pages;
    fake.parts.pages.list = (id, range) => (range?.from === undefined ? reading.promise : list(id, range));
    const result = hook(fake, () => usePages("a"));
    await waitFor(() => expect(result.current.fetchStatus).toBe("fetching"));
    fake.data.pages = [aPage(1), aPage(2)];
    fake.emit(anEvent({ kind: "pages.saved", firstPage: 2, lastPage: 2, pages: 1 }));
    act(() => reading.resolve([aPage(1)]));
    await waitFor(() => expect(result.current.data?.map(({ pageNumber }) => pageNumber)).toEqual([1, 2]));
  });
});

describe("documents", () => {
  it("are an infinite list, slice by slice", async () => {
    const fake = setup();
    const result = hook(fake, () => useDocuments({ pageSize: 2 }));
    await waitFor(() => expect(result.current.documents.map(({ id }) => id)).toEqual(["a", "b"]));
    expect(result.current.hasNextPage).toBe(true);
    await act(() => result.current.fetchNextPage());
    await waitFor(() => expect(result.current.documents.map(({ id }) => id)).toEqual(["a", "b", "c"]));
    expect(result.current.hasNextPage).toBe(false);
  });

  it("change by events, without being asked for again", async () => {
    const fake = setup();
    const list = hook(fake, () => useDocuments());
    const one = hook(fake, () => useDocument("b"));
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    await waitFor(() => expect([one.current.isFetched, one.current.data?.id]).toEqual([true, "b"]));
    const asked = [...fake.calls];
    act(() => {
      fake.emit(
        anEvent(
          { kind: "document.status", status: "processing", name: "New.pdf", pageCount: 8, error: null },
          { documentId: "b" },
        ),
      );
      fake.emit(
        anEvent(
          {
            kind: "progress",
            stage: "pages",
            pagesDone: 2,
            pagesTotal: 8,
            percent: 25,
            etaSeconds: 3,
            message: null,
          },
          { documentId: "b", jobId: "j" },
        ),
      );
    });
    await waitFor(() =>
      expect(list.current.documents[1]).toMatchObject({
        status: "processing",
        name: "New.pdf",
        pageCount: 8,
        progress: { percent: 25, etaSeconds: 3 },
      }),
    );
    await waitFor(() => expect(one.current.data).toMatchObject({ progress: { pagesDone: 2 } }));
    expect(list.current.documents[0]).toBe(fake.data.documents[0]);
    act(() =>
      fake.emit(
        anEvent(
          { kind: "document.status", status: "ready", name: "New.pdf", pageCount: 8, error: null },
          { documentId: "b" },
        ),
      ),
    );
    await waitFor(() => expect(list.current.documents[1]).toMatchObject({ status: "ready", progress: null }));
    expect(fake.calls).toEqual(asked);
  });

  it("that are new are asked for, once for many events", async () => {
    const fake = setup();
    const list = hook(fake, () => useDocuments());
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    fake.data.documents = [aDocument("new"), ...fake.data.documents];
    const before = fake.calls.length;
    for (let count = 0; count < 5; count += 1) {
      fake.emit(
        anEvent(
          { kind: "document.created", status: "queued", name: "new", pageCount: null, error: null },
          { documentId: "new" },
        ),
      );
    }
    await waitFor(() => expect(list.current.documents.length).toBe(4));
    expect(fake.calls.length - before).toBe(1);
  });

  it("that are deleted elsewhere vanish", async () => {
    const fake = setup();
    const list = hook(fake, () => useDocuments());
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    act(() => fake.deleted("b"));
    await waitFor(() => expect(list.current.documents.map(({ id }) => id)).toEqual(["a", "c"]));
  });

  it("are not asked for again because the connection came back: events and deletions tell what is new", async () => {
    const fake = setup();
    const list = hook(fake, () => useDocuments());
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    const asked = [...fake.calls];
    act(() => fake.connection.set({ status: "offline", retryAt: null, error: null }));
    act(() => fake.connection.set({ status: "live", retryAt: null, error: null }));
    act(() => fake.deleted("a"));
    await waitFor(() => expect(list.current.documents.map(({ id }) => id)).toEqual(["b", "c"]));
    expect(fake.calls).toEqual(asked);
  });

  it("are deleted at once, and come back when that fails", async () => {
    const fake = setup();
    const failing = deferred<void>();
    fake.parts.documents.delete = () => failing.promise;
    const result = hook(fake, () => ({ list: useDocuments(), remove: useDeleteDocuments() }));
    await waitFor(() => expect(result.current.list.documents.length).toBe(3));
    act(() => result.current.remove.mutate(["a", "b"]));
    await waitFor(() => expect(result.current.list.documents.map(({ id }) => id)).toEqual(["c"]));
    act(() => failing.reject(new ZonedError({ code: "network", message: "cut" })));
    await waitFor(() => expect(result.current.list.documents.map(({ id }) => id)).toEqual(["a", "b", "c"]));
    expect(result.current.remove.error).toMatchObject({ code: "network" });
  });

  it("are renamed at once, and have their old name when that fails", async () => {
    const fake = setup();
    const failing = deferred<ReturnType<typeof aDocument>>();
    fake.parts.documents.rename = () => failing.promise;
    const result = hook(fake, () => ({ list: useDocuments(), rename: useRenameDocument() }));
    await waitFor(() => expect(result.current.list.documents.length).toBe(3));
    act(() => result.current.rename.mutate({ id: "a", name: "x" }));
    await waitFor(() => expect(result.current.list.documents[0]?.name).toBe("x"));
    act(() => failing.reject(new ZonedError({ code: "invalid", message: "no" })));
    await waitFor(() => expect(result.current.list.documents[0]?.name).toBe("a.pdf"));
  });

  it("are not set back by the answer of a retry that is older than what events told", async () => {
    const fake = setup();
    const list = hook(fake, () => useDocuments());
    const retry = hook(fake, () => useRetryDocument());
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    const answer = deferred<Document>();
    fake.client.documents.retry = () => answer.promise;
    const done = retry.current.mutateAsync("b");
    const error = { code: "encrypted", message: "locked" };
    const failed = { kind: "document.status", status: "failed", name: "b", pageCount: null, error } as const;
    const event = anEvent(failed, { documentId: "b" });
    act(() => fake.emit(event));
    answer.resolve(aDocument("b", { status: "processing", updatedAt: "2026-01-01T23:59:59Z" }));
    await act(() => done);
    await waitFor(() => expect(list.current.documents[1]).toMatchObject({ status: "failed", error }));
  });

  it("of another user are not shown for a moment", async () => {
    const fake = setup();
    const list = hook(fake, () => useDocuments());
    act(() => fake.signIn("me"));
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    fake.data.documents = [];
    act(() => fake.signIn("me"));
    expect(fake.queries.getQueryCache().getAll().length).toBeGreaterThan(0);
    act(() => fake.signIn("you"));
    expect(fake.queries.getQueryCache().getAll()).toEqual([]);
  });
});

describe("pages and zones", () => {
  it("appear as they are saved, only the new ones being asked for", async () => {
    const fake = setup();
    fake.data.zones = [];
    const result = hook(fake, () => ({ pages: usePages("a"), zones: useZones("a", 2, { neighbours: 0 }) }));
    await waitFor(() => expect(result.current.pages.data?.length).toBe(1));
    await waitFor(() => expect(result.current.zones.data).toEqual([]));
    fake.data.pages = [aPage(1), aPage(2), aPage(3)];
    fake.data.zones = [aZone("late", { pageNumber: 2 })];
    fake.calls.length = 0;
    act(() => {
      fake.emit(anEvent({ kind: "pages.saved", firstPage: 2, lastPage: 2, pages: 1 }));
      fake.emit(anEvent({ kind: "pages.saved", firstPage: 3, lastPage: 3, pages: 1 }));
    });
    await waitFor(() =>
      expect(result.current.pages.data?.map(({ pageNumber }) => pageNumber)).toEqual([1, 2, 3]),
    );
    await waitFor(() => expect(result.current.zones.data?.map(({ id }) => id)).toEqual(["late"]));
    expect(fake.calls.sort()).toEqual(["pages.list 2-3", "zones.list 2"]);
  });

  it("of neighbouring pages are loaded ahead, but none beyond the document", async () => {
    const fake = setup();
    const result = hook(fake, () => useZones("a", 1, { neighbours: 2, lastPage: 2 }));
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    await waitFor(() => expect(zonesOf(fake.queries, 2)).toEqual([]));
    expect(fake.calls.sort()).toEqual(["zones.list 1", "zones.list 2"]);
  });

  it("change by events: only zones that are newer are asked for", async () => {
    const fake = setup();
    const result = hook(fake, () => useZones("a", 1, { neighbours: 0 }));
    await waitFor(() => expect(result.current.data?.length).toBe(2));
    fake.data.zones = [
      aZone("one", { revision: 2, content: "Edited elsewhere." }),
      aZone("three", { readingOrder: 5 }),
    ];
    fake.calls.length = 0;
    act(() =>
      fake.emit(
        anEvent({
          kind: "zones.changed",
          pageNumber: 1,
          saved: [
            { id: "one", revision: 2 },
            { id: "two", revision: 1 },
            { id: "three", revision: 1 },
          ],
          deleted: [],
        }),
      ),
    );
    await waitFor(() =>
      expect(result.current.data?.map(({ content }) => content)).toEqual([
        "Edited elsewhere.",
        "two",
        "three",
      ]),
    );
    act(() => fake.emit(anEvent({ kind: "zones.changed", pageNumber: 1, saved: [], deleted: ["two"] })));
    await waitFor(() => expect(result.current.data?.map(({ id }) => id)).toEqual(["one", "three"]));
    expect(fake.calls).toEqual(["zones.getMany one,three"]);
    act(() => fake.emit(anEvent({ kind: "zones.changed", pageNumber: 1, saved: null, deleted: [] })));
    await waitFor(() => expect(fake.calls).toContain("zones.list 1"));
  });

  it("are edited at once; the event of that very edit asks for nothing", async () => {
    const fake = setup();
    const saving = deferred<Zone>();
    const update = vi.fn(() => saving.promise);
    fake.parts.zones.update = update;
    const result = hook(fake, () => ({
      zones: useZones("a", 1, { neighbours: 0 }),
      edit: useUpdateZone("a"),
    }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    const zone = result.current.zones.data?.[0] as Zone;
    fake.calls.length = 0;
    act(() => result.current.edit.mutate({ zone, change: { content: "Mine", kind: "heading", level: 2 } }));
    await waitFor(() =>
      expect(result.current.zones.data?.[0]).toMatchObject({ content: "Mine", kind: "heading", level: 2 }),
    );
    await waitFor(() =>
      expect(update).toHaveBeenCalledWith(
        "one",
        { content: "Mine", kind: "heading", level: 2 },
        { revision: 1 },
      ),
    );
    act(() =>
      fake.emit(
        anEvent({ kind: "zones.changed", pageNumber: 1, saved: [{ id: "one", revision: 2 }], deleted: [] }),
      ),
    );
    act(() => saving.resolve(aZone("one", { content: "Mine, as saved", revision: 2 })));
    await waitFor(() => expect(result.current.zones.data?.[0]?.content).toBe("Mine, as saved"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(fake.calls).toEqual([]);
  });

  it("edited twice in a row are sent one after the other, each on the revision before", async () => {
    const fake = setup();
    const update = vi.fn(async (id: string, change: Partial<Zone>, { revision = 0 }: { revision?: number }) =>
      aZone(id, { ...change, revision: revision + 1 }),
    );
    fake.parts.zones.update = update;
    const result = hook(fake, () => ({
      zones: useZones("a", 1, { neighbours: 0 }),
      edit: useUpdateZone("a"),
    }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    act(() =>
      result.current.edit.mutate({ zone: result.current.zones.data?.[0] as Zone, change: { content: "1" } }),
    );
    await waitFor(() => expect(result.current.zones.data?.[0]?.content).toBe("1"));
    act(() =>
      result.current.edit.mutate({ zone: result.current.zones.data?.[0] as Zone, change: { content: "2" } }),
    );
    await waitFor(() => expect(update.mock.calls.map(([, , { revision }]) => revision)).toEqual([1, 2]));
    await waitFor(() => expect(result.current.zones.data?.[0]).toMatchObject({ content: "2", revision: 3 }));
  });

  it("are as they were when an edit fails", async () => {
    const fake = setup();
    fake.parts.zones.update = async () => {
      throw new ZonedError({ code: "network", message: "cut" });
    };
    const result = hook(fake, () => ({
      zones: useZones("a", 1, { neighbours: 0 }),
      edit: useUpdateZone("a"),
    }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    const before = result.current.zones.data;
    act(() =>
      result.current.edit.mutate({ zone: before?.[1] as Zone, change: { content: "Mine", readingOrder: 0 } }),
    );
    await waitFor(() => expect(result.current.edit.error).toMatchObject({ code: "network" }));
    expect(result.current.zones.data).toEqual(before);
  });

  it("edited by somebody faster are shown as they are now, and the conflict is told", async () => {
    const fake = setup();
    const current = aZone("one", { revision: 7, content: "Theirs" });
    fake.parts.zones.update = async () => {
      throw new ZonedError({ code: "conflict", message: "changed", current });
    };
    const conflicts: ZoneConflict[] = [];
    const onConflict = (conflict: ZoneConflict) => conflicts.push(conflict);
    const result = hook(fake, () => ({
      zones: useZones("a", 1, { neighbours: 0 }),
      edit: useUpdateZone("a", { onConflict }),
    }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    const zone = result.current.zones.data?.[0] as Zone;
    act(() => result.current.edit.mutate({ zone, change: { content: "Mine" } }));
    await waitFor(() => expect(conflicts).toEqual([{ mine: { content: "Mine" }, before: zone, current }]));
    expect(result.current.zones.data?.[0]).toEqual(current);
  });

  it("that are gone vanish when they are edited", async () => {
    const fake = setup();
    fake.parts.zones.update = async () => {
      throw new ZonedError({ code: "not_found", message: "gone" });
    };
    const result = hook(fake, () => ({
      zones: useZones("a", 1, { neighbours: 0 }),
      edit: useUpdateZone("a"),
    }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    act(() =>
      result.current.edit.mutate({ zone: result.current.zones.data?.[0] as Zone, change: { content: "x" } }),
    );
    await waitFor(() => expect(result.current.zones.data?.map(({ id }) => id)).toEqual(["two"]));
  });

  it("are deleted and ordered at once, and taken back when that fails", async () => {
    const fake = setup();
    const [deleting, ordering] = [deferred<void>(), deferred<Zone[]>()];
    fake.parts.zones.delete = () => deleting.promise;
    fake.parts.zones.order = () => ordering.promise;
    const result = hook(fake, () => ({
      zones: useZones("a", 1, { neighbours: 0 }),
      remove: useDeleteZone("a"),
      order: useOrderZones("a"),
    }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    const ids = () => result.current.zones.data?.map(({ id }) => id);
    act(() => result.current.remove.mutate(result.current.zones.data?.[0] as Zone));
    await waitFor(() => expect(ids()).toEqual(["two"]));
    act(() => deleting.reject(new ZonedError({ code: "network", message: "cut" })));
    await waitFor(() => expect(ids()).toEqual(["one", "two"]));
    act(() => result.current.order.mutate({ pageNumber: 1, ids: ["two", "one"] }));
    await waitFor(() => expect(ids()).toEqual(["two", "one"]));
    act(() => ordering.reject(new ZonedError({ code: "conflict", message: "changed" })));
    await waitFor(() => expect(ids()).toEqual(["one", "two"]));
  });
});

describe("exports", () => {
  it("are in the list when they are asked for, and change by events", async () => {
    const fake = setup();
    fake.data.exports = [anExport("old", { status: "ready" })];
    const result = hook(fake, () => ({
      list: useExports("a"),
      request: useRequestExport(),
      progress: useExportProgress("new"),
    }));
    await waitFor(() => expect(result.current.list.exports.length).toBe(1));
    act(() => result.current.request.mutate({ documentId: "a", format: "markdown" }));
    await waitFor(() => expect(result.current.list.exports.map(({ id }) => id)).toEqual(["new", "old"]));
    const asked = [...fake.calls];
    act(() => {
      fake.emit(
        anEvent(
          {
            kind: "job.state",
            jobKind: "export",
            state: "running",
            attempts: 1,
            runAfter: "",
            exportId: "new",
            error: null,
          },
          { jobId: "j" },
        ),
      );
      fake.emit(
        anEvent(
          {
            kind: "progress",
            stage: "export",
            pagesDone: 1,
            pagesTotal: 2,
            percent: 50,
            etaSeconds: 1,
            message: null,
          },
          { jobId: "j" },
        ),
      );
      fake.emit(
        anEvent({
          kind: "export.status",
          exportId: "new",
          format: "markdown",
          status: "ready",
          objectPath: "p",
          byteSize: 9,
          sha256: "s",
          error: null,
        }),
      );
    });
    await waitFor(() =>
      expect(result.current.list.exports[0]).toMatchObject({ status: "ready", byteSize: 9 }),
    );
    expect(result.current.progress).toMatchObject({ percent: 50 });
    expect(fake.calls).toEqual(asked);
  });
});

describe("what a user keeps", () => {
  it("settings change at once, and back when that fails", async () => {
    const fake = setup();
    const failing = deferred<Record<string, unknown>>();
    const result = hook(fake, () => useSettings());
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    fake.parts.settings.update = () => failing.promise;
    act(() => result.current.update({ theme: "dark" }));
    await waitFor(() => expect(result.current.settings).toEqual({ theme: "dark" }));
    act(() => failing.reject(new ZonedError({ code: "network", message: "cut" })));
    await waitFor(() => expect(result.current.settings).toEqual({}));
  });

  it("view states are saved a moment after the last change, and when the reader goes", async () => {
    const fake = setup();
    const { result, unmount } = renderHook(() => useViewState("a"), { wrapper: fake.wrapper });
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    act(() => result.current.save({ page: 1 }));
    act(() => result.current.save({ zoom: 2 }));
    await waitFor(() => expect(result.current.state).toEqual({ page: 1, zoom: 2 }));
    await waitFor(() => expect(fake.calls).toContain('viewStates.save {"page":1,"zoom":2}'), {
      timeout: 3000,
    });
    act(() => result.current.save({ page: 9 }));
    unmount();
    expect(fake.calls.filter((call) => call.startsWith("viewStates"))).toEqual([
      'viewStates.save {"page":1,"zoom":2}',
      'viewStates.save {"page":9,"zoom":2}',
    ]);
  });
});

describe("jobs", () => {
  it("change by events: where they are, when they were begun and when they ended", async () => {
    const fake = setup();
    const result = hook(fake, () => useJobs("a"));
    await waitFor(() => expect(result.current.data?.length).toBe(1));
    const asked = [...fake.calls];
    const moved = (state: Job["state"], attempts: number, at: string) =>
      act(() =>
        fake.emit({
          ...anEvent(
            {
              kind: "job.state",
              jobKind: "process_document",
              state,
              attempts,
              runAfter: at,
              exportId: null,
              error: null,
            },
            { jobId: "j" },
          ),
          at,
        }),
      );
    const becomes = (job: Partial<Job>) => waitFor(() => expect(result.current.data?.[0]).toMatchObject(job));
    moved("running", 1, "2026-01-02T00:00:00Z");
    await becomes({ state: "running", startedAt: "2026-01-02T00:00:00Z", finishedAt: null });
    moved("dead", 1, "2026-01-03T00:00:00Z");
    await becomes({ state: "dead", finishedAt: "2026-01-03T00:00:00Z" });
    moved("queued", 0, "2026-01-04T00:00:00Z");
    await becomes({ state: "queued", finishedAt: null });
    moved("running", 1, "2026-01-05T00:00:00Z");
    moved("succeeded", 1, "2026-01-06T00:00:00Z");
    await becomes({
      state: "succeeded",
      startedAt: "2026-01-02T00:00:00Z",
      finishedAt: "2026-01-06T00:00:00Z",
    });
    expect(fake.calls).toEqual(asked);
  });

  it("that draw a zone are there though the zone cannot be shown yet", async () => {
    const fake = setup();
    const result = hook(fake, () => ({ zones: useZones("a", 1, { neighbours: 0 }), draw: useDrawZone("a") }));
    await waitFor(() => expect(result.current.zones.data?.length).toBe(2));
    const bbox = { x: 0, y: 0, width: 1, height: 1 };
    await act(() => result.current.draw.mutateAsync({ pageNumber: 1, bbox }));
    expect(result.current.draw.error).toBeNull();
    fake.data.zones = [...fake.data.zones, aZone("drawn", { readingOrder: 2 })];
    await act(() => result.current.draw.mutateAsync({ pageNumber: 1, bbox }));
    await waitFor(() =>
      expect(result.current.zones.data?.map(({ id }) => id)).toEqual(["one", "two", "drawn"]),
    );
  });
});

describe("what is observed", () => {
  it("renders again when it changes", () => {
    const fake = setup();
    const result = hook(fake, () => ({ connection: useConnection(), uploads: useUploads() }));
    expect(result.current.connection.status).toBe("live");
    act(() => fake.connection.set({ status: "offline", retryAt: null, error: null }));
    expect(result.current.connection.status).toBe("offline");
    expect(result.current.uploads).toEqual([]);
  });

  it("is watched once, and no more when the provider goes", () => {
    const fake = setup();
    const { unmount } = renderHook(() => [useZoned(), useDocuments()], { wrapper: fake.wrapper });
    expect(fake.watchers.size).toBe(1);
    unmount();
    expect(fake.watchers.size).toBe(0);
  });

  it("needs a provider, and says so", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect(() => renderHook(() => useZoned())).toThrow("useZoned needs a ZonedProvider above it.");
    vi.restoreAllMocks();
  });
});

describe("a reader's state", () => {
  it("renders what it is asked for", () => {
    const store = createReaderStore({ page: 3 });
    const { result } = renderHook(() =>
      useReader(store, ({ page, selected }) => `${page} ${selected.join()}`),
    );
    act(() => {
      store.getState().select(["one"]);
      store.getState().select(["two", "one"], { extend: true });
      store.getState().goTo(-4);
    });
    expect(result.current).toBe("1 one,two");
  });

  it("keeps its values within their ranges", () => {
    const { getState } = createReaderStore();
    getState().setZoom(99);
    getState().setSplit(0);
    getState().setMinConfidence(2);
    getState().toggleKind("footer");
    getState().toggleKind("header");
    getState().toggleKind("footer");
    expect(getState()).toMatchObject({ zoom: 8, split: 0.15, minConfidence: 1, hiddenKinds: ["header"] });
  });
});

function Name() {
  return <p>{useDocument("a").data?.name}</p>;
}

function Bad({ bad }: { bad: boolean }) {
  if (bad) throw new Error("a secret detail");
  return <p>fine</p>;
}

describe("the components", () => {
  it("show an error, and ask the query again on retry", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const fake = setup();
    let fail = true;
    const get = fake.parts.documents.get;
    fake.parts.documents.get = async (id) => {
      if (fail) throw new ZonedError({ code: "network", message: "No connection.", hint: "Check it." });
      return get(id);
    };
    fake.queries.setDefaultOptions({ queries: { retry: false, throwOnError: true } });
    render(
      <ZonedErrorBoundary>
        <Name />
      </ZonedErrorBoundary>,
      { wrapper: fake.wrapper },
    );
    expect((await screen.findByRole("alert")).textContent).toContain("No connection.");
    fail = false;
    act(() => screen.getByRole("button", { name: "Try again" }).click());
    expect(await screen.findByText("a.pdf")).toBeTruthy();
    vi.restoreAllMocks();
  });

  it("turn whatever is thrown into a ZonedError, and start anew with another key", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const seen: string[] = [];
    const view = (bad: boolean, key: string) => (
      <ZonedErrorBoundary resetKey={key} onError={(error) => seen.push(error.code)}>
        <Bad bad={bad} />
      </ZonedErrorBoundary>
    );
    const { rerender } = render(view(true, "1"));
    expect((await screen.findByRole("alert")).textContent).not.toContain("secret");
    expect(seen).toEqual(["unexpected"]);
    rerender(view(false, "2"));
    expect(screen.getByText("fine")).toBeTruthy();
    vi.restoreAllMocks();
  });

  it("show the four states of a query", () => {
    const refetch = vi.fn();
    const show = (data: string[] | undefined, error: Error | null) =>
      render(
        <QueryView
          query={{ data, error, refetch }}
          label="Names"
          empty={<Empty title="None yet" hint="Add one." />}
          failed={({ retry }) => (
            <ErrorMessage error={new ZonedError({ code: "network", message: "Cut." })} retry={retry} />
          )}
        >
          {(names) => <p>{names.join()}</p>}
        </QueryView>,
      );
    show(undefined, null);
    expect(screen.getByRole("status").getAttribute("aria-busy")).toBe("true");
    cleanup();
    show(undefined, new Error("x"));
    act(() => screen.getByRole("button").click());
    expect(refetch).toHaveBeenCalledOnce();
    cleanup();
    show([], null);
    expect(screen.getByText("None yet")).toBeTruthy();
    cleanup();
    show(["a", "b"], null);
    expect(screen.getByText("a,b")).toBeTruthy();
  });
});
