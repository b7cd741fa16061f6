// @vitest-environment jsdom
import type { QueryClient } from "@tanstack/react-query";
import { act, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { type Zone, ZonedError } from "../src/index";
import {
  useDeleteZone,
  useOrderZones,
  usePages,
  useUpdateZone,
  useZones,
  type ZoneConflict,
  zonedKeys,
} from "../src/react/index";
import { anEvent, aPage, aZone, deferred } from "./support/fake_client";
import { setup } from "./support/react";

const zonesOf = (queries: QueryClient, page = 1) =>
  queries.getQueryData<Zone[]>(zonedKeys.zones.page("a", page));

describe("events that come while something is being read", () => {
  it("count all the same: what is read may be older than they are", async () => {
    const fake = setup();
    const reading = deferred<Zone[]>();
    fake.parts.zones.list = () => reading.promise;
    const result = fake.use(() => useZones("a", 1, { neighbours: 0 }));
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
    const result = fake.use(() => usePages("a"));
    await waitFor(() => expect(result.current.fetchStatus).toBe("fetching"));
    fake.data.pages = [aPage(1), aPage(2)];
    fake.emit(anEvent({ kind: "pages.saved", firstPage: 2, lastPage: 2, pages: 1 }));
    act(() => reading.resolve([aPage(1)]));
    await waitFor(() => expect(result.current.data?.map(({ pageNumber }) => pageNumber)).toEqual([1, 2]));
  });
});

describe("pages and zones", () => {
  it("appear as they are saved, only the new ones being asked for", async () => {
    const fake = setup();
    fake.data.zones = [];
    const result = fake.use(() => ({ pages: usePages("a"), zones: useZones("a", 2, { neighbours: 0 }) }));
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
    const result = fake.use(() => useZones("a", 1, { neighbours: 2, lastPage: 2 }));
    await waitFor(() => expect(result.current.isSuccess).toBe(true));
    await waitFor(() => expect(zonesOf(fake.queries, 2)).toEqual([]));
    expect(fake.calls.sort()).toEqual(["zones.list 1", "zones.list 2"]);
  });

  it("change by events: only zones that are newer are asked for", async () => {
    const fake = setup();
    const result = fake.use(() => useZones("a", 1, { neighbours: 0 }));
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
    const result = fake.use(() => ({
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
    const result = fake.use(() => ({
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
    const result = fake.use(() => ({
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
    const result = fake.use(() => ({
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
    const result = fake.use(() => ({
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
    const result = fake.use(() => ({
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
