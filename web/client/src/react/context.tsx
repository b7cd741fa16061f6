import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import type { ZonedClient } from "../client.js";
import { isZonedError } from "../error.js";
import { followEvents } from "./live.js";

const ClientContext = createContext<ZonedClient | null>(null);

/** Data is kept current by events, so it is old only after a while without them, milliseconds. */
const FRESH = 5 * 60_000;
const MOST_RETRIES = 3;

/**
 * A QueryClient with zoned's manners: what events keep current is not fetched again, and only what may succeed is retried.
 *
 * @example
 * ```ts
 * import { createZonedQueryClient } from "@zoned/client/react";
 *
 * const queryClient = createZonedQueryClient();
 * ```
 */
export function createZonedQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH,
        gcTime: 2 * FRESH,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < MOST_RETRIES && isZonedError(error) && error.retryable,
      },
      mutations: { retry: false },
    },
  });
}

/** Props of {@link ZonedProvider}. */
export interface ZonedProviderProps {
  readonly client: ZonedClient;
  /** The application's own; one of {@link createZonedQueryClient} when not given. */
  readonly queryClient?: QueryClient | undefined;
  /** Keep what the hooks give current by live events; true when not given. */
  readonly live?: boolean | undefined;
  readonly children?: ReactNode;
}

/**
 * Gives the hooks their client, and keeps their data current by live events. What was read for one user is forgotten when
 * another signs in.
 *
 * @example
 * ```tsx
 * import { createClient } from "@supabase/supabase-js";
 * import { createZonedClient, type Database } from "@zoned/client";
 * import { useDocuments, ZonedProvider } from "@zoned/client/react";
 *
 * const zoned = createZonedClient(createClient<Database>("https://project.supabase.co", "sb_publishable_key"));
 *
 * function Library() {
 *   const { documents } = useDocuments();
 *   return <ul>{documents.map((document) => <li key={document.id}>{document.name}</li>)}</ul>;
 * }
 *
 * export function App() {
 *   return <ZonedProvider client={zoned}><Library /></ZonedProvider>;
 * }
 * ```
 */
export function ZonedProvider({ client, queryClient, live = true, children }: ZonedProviderProps) {
  const [own] = useState(() => queryClient ?? createZonedQueryClient());
  const queries = queryClient ?? own;

  useEffect(() => (live ? followEvents(client, queries) : undefined), [client, queries, live]);
  useEffect(() => {
    let user: string | null | undefined;
    const { data } = client.supabase.auth.onAuthStateChange((_event, session) => {
      const now = session?.user.id ?? null;
      if (user !== undefined && now !== user) queries.clear();
      user = now;
    });
    return () => data.subscription.unsubscribe();
  }, [client, queries]);

  return (
    <QueryClientProvider client={queries}>
      <ClientContext value={client}>{children}</ClientContext>
    </QueryClientProvider>
  );
}

/**
 * The client given to {@link ZonedProvider}.
 *
 * @example
 * ```tsx
 * import { useZoned } from "@zoned/client/react";
 *
 * export function SignOut() {
 *   const zoned = useZoned();
 *   return <button type="button" onClick={() => zoned.supabase.auth.signOut({ scope: "global" })}>Sign out everywhere</button>;
 * }
 * ```
 */
export function useZoned(): ZonedClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useZoned needs a ZonedProvider above it.");
  return client;
}
