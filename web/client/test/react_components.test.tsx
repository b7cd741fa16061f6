// @vitest-environment jsdom
import { act, cleanup, render, renderHook, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ZonedError } from "../src/index";
import {
  createReaderStore,
  Empty,
  ErrorMessage,
  QueryView,
  useConnection,
  useDocument,
  useDocuments,
  useReader,
  useUploads,
  useZoned,
  ZonedErrorBoundary,
} from "../src/react/index";
import { setup } from "./support/react";

describe("what is observed", () => {
  it("renders again when it changes", () => {
    const fake = setup();
    const result = fake.use(() => ({ connection: useConnection(), uploads: useUploads() }));
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
