import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ZonedClient } from "../client.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

function pageQuery(zoned: ZonedClient, documentId: string, pageNumber: number) {
  return queryOptions({
    queryKey: zonedKeys.zones.page(documentId, pageNumber),
    queryFn: ({ signal }) => zoned.zones.list(documentId, pageNumber, { signal }),
  });
}

/**
 * Loads the zones of pages before they are shown; numbers below 1 are left out.
 *
 * @example
 * ```ts
 * import { useQueryClient } from "@tanstack/react-query";
 * import { prefetchZones, useZoned } from "@zoned/client/react";
 *
 * export function usePrefetchPage(documentId: string) {
 *   const [queries, zoned] = [useQueryClient(), useZoned()];
 *   return (pageNumber: number) => prefetchZones(queries, zoned, documentId, [pageNumber]);
 * }
 * ```
 */
export async function prefetchZones(
  queries: QueryClient,
  zoned: ZonedClient,
  documentId: string,
  pageNumbers: readonly number[],
): Promise<void> {
  const wanted = pageNumbers.filter((pageNumber) => pageNumber >= 1);
  await Promise.all(
    wanted.map((pageNumber) => queries.prefetchQuery(pageQuery(zoned, documentId, pageNumber))),
  );
}

/** Options of {@link useZones}. */
export interface UseZonesOptions {
  /** So many pages before and after are loaded too; 1 when not given. */
  readonly neighbours?: number | undefined;
  /** The number of the last page, beyond which nothing is loaded. */
  readonly lastPage?: number | null | undefined;
  /** False: nothing is loaded yet. */
  readonly enabled?: boolean | undefined;
}

/**
 * The zones of a page in reading order, kept current by events; the neighbouring pages are loaded ahead. Empty until the
 * page was processed.
 *
 * @example
 * ```tsx
 * import { useZones } from "@zoned/client/react";
 *
 * export function Text({ documentId, page }: { documentId: string; page: number }) {
 *   const { data: zones = [] } = useZones(documentId, page, { neighbours: 2 });
 *   return zones.map((zone) => <p key={zone.id}>{zone.content}</p>);
 * }
 * ```
 */
export function useZones(documentId: string, pageNumber: number, options: UseZonesOptions = {}) {
  const zoned = useZoned();
  const queries = useQueryClient();
  const { neighbours = 1, lastPage, enabled = true } = options;
  const result = useQuery({ ...pageQuery(zoned, documentId, pageNumber), enabled });
  const loaded = result.isSuccess;
  useEffect(() => {
    if (!enabled || !loaded) return;
    const around: number[] = [];
    for (let distance = 1; distance <= neighbours; distance += 1) {
      if (pageNumber + distance <= (lastPage ?? Number.POSITIVE_INFINITY)) around.push(pageNumber + distance);
      around.push(pageNumber - distance);
    }
    void prefetchZones(queries, zoned, documentId, around);
  }, [queries, zoned, documentId, pageNumber, neighbours, lastPage, enabled, loaded]);
  return result;
}

/**
 * Zones of a document in whose text the query occurs.
 *
 * @example
 * ```tsx
 * import { useZoneSearch } from "@zoned/client/react";
 *
 * export function Found({ documentId, query }: { documentId: string; query: string }) {
 *   const { data: zones = [] } = useZoneSearch(documentId, query);
 *   return <p>On pages {[...new Set(zones.map((zone) => zone.pageNumber))].join(", ")}</p>;
 * }
 * ```
 */
export function useZoneSearch(documentId: string, query: string) {
  const zoned = useZoned();
  const words = query.trim();
  return useQuery({
    queryKey: zonedKeys.zones.search(documentId, words),
    queryFn: ({ signal }) => zoned.zones.search(documentId, words, { signal }),
    enabled: words !== "",
    staleTime: 30_000,
  });
}

/**
 * What a zone was before each edit, the latest first.
 *
 * @example
 * ```tsx
 * import { useZoneRevisions } from "@zoned/client/react";
 *
 * export function Revisions({ zoneId }: { zoneId: string | null }) {
 *   const { data: revisions = [] } = useZoneRevisions(zoneId);
 *   return revisions.map(({ revision, content }) => <p key={revision}>{content}</p>);
 * }
 * ```
 */
export function useZoneRevisions(zoneId: string | null) {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.zones.revisions(zoneId ?? ""),
    queryFn: ({ signal }) => zoned.zones.revisions(zoneId ?? "", { signal }),
    enabled: zoneId !== null,
    staleTime: 0,
  });
}

/**
 * What happened to the zones of a document, or of one page, the latest first.
 *
 * @example
 * ```tsx
 * import { useZoneHistory } from "@zoned/client/react";
 *
 * export function History({ documentId }: { documentId: string }) {
 *   const { data: history = [] } = useZoneHistory(documentId);
 *   return history.map(({ zoneId, revision, operation, changedAt }) => (
 *     <p key={`${zoneId} ${revision}`}>{operation} at {changedAt}</p>
 *   ));
 * }
 * ```
 */
export function useZoneHistory(documentId: string, pageNumber?: number) {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.zones.history(documentId, pageNumber),
    queryFn: ({ signal }) =>
      zoned.zones.history(documentId, { signal, ...(pageNumber === undefined ? {} : { pageNumber }) }),
  });
}
