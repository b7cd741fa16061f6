import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type { DocumentQuery } from "../documents.js";
import type { Document } from "../model/document.js";
import { dropDocument, itemsOf, later, mapSlices, patchDocument, type Slices } from "./cache.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/**
 * The caller's documents, slice by slice, kept current by events. `documents` holds those asked for so far; `fetchNextPage`
 * asks for more while `hasNextPage`.
 *
 * @example
 * ```tsx
 * import { useDocuments } from "@zoned/client/react";
 *
 * export function Library({ search }: { search: string }) {
 *   const { documents, hasNextPage, fetchNextPage } = useDocuments({ search, sort: "name", descending: false });
 *   return (
 *     <>
 *       {documents.map((document) => <p key={document.id}>{document.name}: {document.progress?.percent ?? document.status}</p>)}
 *       {hasNextPage && <button type="button" onClick={() => fetchNextPage()}>More</button>}
 *     </>
 *   );
 * }
 * ```
 */
export function useDocuments(query: DocumentQuery = {}) {
  const zoned = useZoned();
  const result = useInfiniteQuery({
    queryKey: zonedKeys.documents.list(query),
    queryFn: ({ pageParam, signal }) => zoned.documents.list(query, pageParam, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (slice) => slice.nextCursor,
    placeholderData: keepPreviousData,
  });
  const { data } = result;
  const documents = useMemo(() => itemsOf(data), [data]);
  return { ...result, documents };
}

/**
 * One document, kept current by events. Its error has the code `not_found` when it is gone.
 *
 * @example
 * ```tsx
 * import { useDocument } from "@zoned/client/react";
 *
 * export function Title({ id }: { id: string }) {
 *   const { data: document, error } = useDocument(id);
 *   return <h1>{document?.name ?? error?.message ?? "…"}</h1>;
 * }
 * ```
 */
export function useDocument(id: string) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useQuery({
    queryKey: zonedKeys.documents.one(id),
    queryFn: ({ signal }) => zoned.documents.get(id, { signal }),
    placeholderData: () => {
      const lists = queries.getQueriesData<Slices<Document>>({ queryKey: zonedKeys.documents.lists() });
      return lists.flatMap(([, slices]) => itemsOf(slices)).find((document) => document.id === id);
    },
  });
}

/**
 * Renames a document; shown at once, taken back when it fails.
 *
 * @example
 * ```tsx
 * import { useRenameDocument } from "@zoned/client/react";
 *
 * export function Rename({ id }: { id: string }) {
 *   const rename = useRenameDocument();
 *   return <button type="button" onClick={() => rename.mutate({ id, name: "Report.pdf" })}>{rename.error?.message ?? "Rename"}</button>;
 * }
 * ```
 */
export function useRenameDocument() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) => zoned.documents.rename(id, name),
    onMutate: ({ id, name }) => {
      let before: string | undefined;
      patchDocument(queries, id, (document) => {
        before ??= document.name;
        return { ...document, name };
      });
      return { before };
    },
    onError: (_error, { id }, context) => {
      const name = context?.before;
      if (name !== undefined) patchDocument(queries, id, (document) => ({ ...document, name }));
    },
    onSuccess: (renamed) => {
      patchDocument(queries, renamed.id, (document) => ({ ...document, name: renamed.name }));
    },
  });
}

/**
 * Deletes documents; they vanish from lists at once, and come back when it fails.
 *
 * @example
 * ```tsx
 * import { useDeleteDocuments } from "@zoned/client/react";
 *
 * export function Delete({ ids }: { ids: readonly string[] }) {
 *   const remove = useDeleteDocuments();
 *   return <button type="button" disabled={remove.isPending} onClick={() => remove.mutate(ids)}>Delete {ids.length}</button>;
 * }
 * ```
 */
export function useDeleteDocuments() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: readonly string[]) => zoned.documents.delete(ids),
    onMutate: async (ids) => {
      const queryKey = zonedKeys.documents.lists();
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueriesData<Slices<Document>>({ queryKey });
      queries.setQueriesData<Slices<Document>>(
        { queryKey },
        (slices) => slices && mapSlices(slices, (document) => (ids.includes(document.id) ? null : document)),
      );
      return { before };
    },
    onError: (_error, _ids, context) => {
      for (const [queryKey, slices] of context?.before ?? []) queries.setQueryData(queryKey, slices);
      void queries.invalidateQueries({ queryKey: zonedKeys.documents.lists() });
    },
    onSuccess: (_nothing, ids) => {
      for (const id of ids) dropDocument(queries, id);
    },
  });
}

/**
 * Queues the processing of a failed document again.
 *
 * @example
 * ```tsx
 * import { useRetryDocument } from "@zoned/client/react";
 *
 * export function Retry({ id }: { id: string }) {
 *   const retry = useRetryDocument();
 *   return <button type="button" onClick={() => retry.mutate(id)}>Try again</button>;
 * }
 * ```
 */
export function useRetryDocument() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.documents.retry(id),
    onSuccess: (document) => patchDocument(queries, document.id, (known) => later(known, document)),
  });
}

/**
 * Ends all work on a document.
 *
 * @example
 * ```tsx
 * import { useCancelDocument } from "@zoned/client/react";
 *
 * export function Cancel({ id }: { id: string }) {
 *   const cancel = useCancelDocument();
 *   return <button type="button" onClick={() => cancel.mutate(id)}>Cancel</button>;
 * }
 * ```
 */
export function useCancelDocument() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.documents.cancel(id),
    onSuccess: (document) => patchDocument(queries, document.id, (known) => later(known, document)),
  });
}
