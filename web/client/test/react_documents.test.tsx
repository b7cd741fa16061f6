// @vitest-environment jsdom
import { act, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { type Document, ZonedError } from "../src/index";
import {
  useDeleteDocuments,
  useDocument,
  useDocuments,
  useRenameDocument,
  useRetryDocument,
} from "../src/react/index";
import { aDocument, anEvent, deferred } from "./support/fake_client";
import { setup } from "./support/react";

describe("documents", () => {
  it("are an infinite list, slice by slice", async () => {
    const fake = setup();
    const result = fake.use(() => useDocuments({ pageSize: 2 }));
    await waitFor(() => expect(result.current.documents.map(({ id }) => id)).toEqual(["a", "b"]));
    expect(result.current.hasNextPage).toBe(true);
    await act(() => result.current.fetchNextPage());
    await waitFor(() => expect(result.current.documents.map(({ id }) => id)).toEqual(["a", "b", "c"]));
    expect(result.current.hasNextPage).toBe(false);
  });

  it("change by events, without being asked for again", async () => {
    const fake = setup();
    const list = fake.use(() => useDocuments());
    const one = fake.use(() => useDocument("b"));
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
    const list = fake.use(() => useDocuments());
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
    const list = fake.use(() => useDocuments());
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    act(() => fake.deleted("b"));
    await waitFor(() => expect(list.current.documents.map(({ id }) => id)).toEqual(["a", "c"]));
  });

  it("are not asked for again because the connection came back: events and deletions tell what is new", async () => {
    const fake = setup();
    const list = fake.use(() => useDocuments());
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
    const result = fake.use(() => ({ list: useDocuments(), remove: useDeleteDocuments() }));
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
    const result = fake.use(() => ({ list: useDocuments(), rename: useRenameDocument() }));
    await waitFor(() => expect(result.current.list.documents.length).toBe(3));
    act(() => result.current.rename.mutate({ id: "a", name: "x" }));
    await waitFor(() => expect(result.current.list.documents[0]?.name).toBe("x"));
    act(() => failing.reject(new ZonedError({ code: "invalid", message: "no" })));
    await waitFor(() => expect(result.current.list.documents[0]?.name).toBe("a.pdf"));
  });

  it("are not set back by the answer of a retry that is older than what events told", async () => {
    const fake = setup();
    const list = fake.use(() => useDocuments());
    const retry = fake.use(() => useRetryDocument());
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
    const list = fake.use(() => useDocuments());
    act(() => fake.signIn("me"));
    await waitFor(() => expect(list.current.documents.length).toBe(3));
    fake.data.documents = [];
    act(() => fake.signIn("me"));
    expect(fake.queries.getQueryCache().getAll().length).toBeGreaterThan(0);
    act(() => fake.signIn("you"));
    expect(fake.queries.getQueryCache().getAll()).toEqual([]);
  });
});
