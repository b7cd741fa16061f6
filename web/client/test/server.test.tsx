import { createClient } from "@supabase/supabase-js";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { createZonedClient, type Database } from "../src/index";
import {
  createReaderStore,
  useApiTokens,
  useConnection,
  useDocument,
  useDocuments,
  useExports,
  useInterruptedUploads,
  usePages,
  useReader,
  useSettings,
  useUploads,
  useViewState,
  useWebhookDeliveries,
  useWebhooks,
  useZones,
  ZonedErrorBoundary,
  ZonedProvider,
} from "../src/react/index";

const store = createReaderStore();

function Everything() {
  const { documents } = useDocuments();
  const loading = [
    useDocument("a"),
    usePages("a"),
    useZones("a", 1),
    useViewState("a"),
    useSettings(),
    useApiTokens(),
    useWebhooks(),
    useWebhookDeliveries("a"),
  ].map(({ isPending }) => isPending);
  return (
    <p>
      {documents.length} {loading.join()} {useConnection().status} {useUploads().length}{" "}
      {useExports().exports.length} {useInterruptedUploads().interrupted.length}{" "}
      {useReader(store, ({ page }) => page)}
    </p>
  );
}

it("renders every hook on a server: what is not loaded yet, and no request, timer or window is needed", () => {
  expect(typeof window).toBe("undefined");
  const requests: string[] = [];
  const supabase = createClient<Database>("http://127.0.0.1:9", "key", {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
    global: {
      fetch: async (input) => {
        requests.push(String(input));
        throw new TypeError("fetch failed");
      },
    },
  });
  const zoned = createZonedClient(supabase);
  const html = renderToString(
    <ZonedProvider client={zoned}>
      <ZonedErrorBoundary>
        <Everything />
      </ZonedErrorBoundary>
    </ZonedProvider>,
  );
  expect(html.replace(/<!-- -->/g, "")).toBe(`<p>0 ${Array(8).fill("true").join()} idle 0 0 0 1</p>`);
  expect(requests).toEqual([]);
});
