// @vitest-environment jsdom
import { act, renderHook, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { type Job, ZonedError } from "../src/index";
import {
  useDrawZone,
  useExportProgress,
  useExports,
  useJobs,
  useRequestExport,
  useSettings,
  useViewState,
  useZones,
} from "../src/react/index";
import { anEvent, anExport, aZone, deferred } from "./support/fake_client";
import { setup } from "./support/react";

describe("exports", () => {
  it("are in the list when they are asked for, and change by events", async () => {
    const fake = setup();
    fake.data.exports = [anExport("old", { status: "ready" })];
    const result = fake.use(() => ({
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

describe("jobs", () => {
  it("change by events: where they are, when they were begun and when they ended", async () => {
    const fake = setup();
    const result = fake.use(() => useJobs("a"));
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
    const result = fake.use(() => ({ zones: useZones("a", 1, { neighbours: 0 }), draw: useDrawZone("a") }));
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

describe("what a user keeps", () => {
  it("settings change at once, and back when that fails", async () => {
    const fake = setup();
    const failing = deferred<Record<string, unknown>>();
    const result = fake.use(() => useSettings());
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
