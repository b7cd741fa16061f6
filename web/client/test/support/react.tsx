import { cleanup, configure, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, vi } from "vitest";
import { createZonedQueryClient, ZonedProvider } from "../../src/react/index";
import { fakeClient } from "./fake_client";

// A machine that does much else takes its time.
configure({ asyncUtilTimeout: 15_000 });

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** A client that answers from memory, and hooks rendered with it. What fails is not tried again. */
export function setup() {
  const fake = fakeClient();
  const queries = createZonedQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ZonedProvider client={fake.client} queryClient={queries}>
      {children}
    </ZonedProvider>
  );
  return {
    ...fake,
    queries,
    wrapper,
    /** Renders a hook; `current` is what it returns now. */
    use: <Result,>(hook: () => Result) => {
      const { result, unmount } = renderHook(hook, { wrapper });
      return {
        get current() {
          return result.current;
        },
        unmount,
      };
    },
  };
}
