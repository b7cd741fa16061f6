import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Progress } from "../model/document";
import type { Export, ExportFormat, ExportOptions } from "../model/export";
import { itemsOf, mapSlices, type Slices } from "./cache";
import { useZoned } from "./context";
import { zonedKeys } from "./keys";

/**
 * Exports of a document, or of all with null, the latest first, kept current by events.
 *
 * @example
 * ```tsx
 * import { useExports, useRequestExport } from "@zoned/client/react";
 *
 * export function Exports({ documentId }: { documentId: string }) {
 *   const { exports } = useExports(documentId);
 *   const request = useRequestExport();
 *   return (
 *     <>
 *       <button type="button" onClick={() => request.mutate({ documentId, format: "markdown" })}>Markdown</button>
 *       {exports.map((item) => <p key={item.id}>{item.format}: {item.status}</p>)}
 *     </>
 *   );
 * }
 * ```
 */
export function useExports(documentId: string | null = null) {
  const zoned = useZoned();
  const result = useInfiniteQuery({
    queryKey: zonedKeys.exports.list(documentId),
    queryFn: ({ pageParam, signal }) =>
      zoned.exports.list(documentId === null ? {} : { documentId }, pageParam, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (slice) => slice.nextCursor,
  });
  const { data } = result;
  const exports = useMemo(() => itemsOf(data), [data]);
  return { ...result, exports };
}

/** How far a running export is, as events tell; undefined before the first. */
export function useExportProgress(exportId: string): Progress | undefined {
  return useQuery<Progress>({
    queryKey: zonedKeys.exports.progress(exportId),
    queryFn: () => Promise.reject(new Error("Progress comes by events only.")),
    enabled: false,
  }).data;
}

/** Asks for an export; it is in the list at once. */
export function useRequestExport() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: { documentId: string; format: ExportFormat; options?: ExportOptions }) =>
      zoned.exports.request(request.documentId, request.format, request.options),
    onSuccess: (added) => {
      for (const scope of [added.documentId, null]) {
        queries.setQueryData<Slices<Export>>(zonedKeys.exports.list(scope), (slices) => {
          const [first, ...others] = slices?.pages ?? [];
          if (!slices || !first || itemsOf(slices).some((item) => item.id === added.id)) return slices;
          return { ...slices, pages: [{ ...first, items: [added, ...first.items] }, ...others] };
        });
      }
    },
  });
}

/** Deletes an export and its file. */
export function useDeleteExport() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.exports.delete(id),
    onSuccess: (_nothing, id) => {
      queries.setQueriesData<Slices<Export>>(
        { queryKey: zonedKeys.exports.lists() },
        (slices) => slices && mapSlices(slices, (item) => (item.id === id ? null : item)),
      );
    },
  });
}

/** Named choices of format and options, by name. */
export function usePresets() {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.presets(),
    queryFn: ({ signal }) => zoned.presets.list({ signal }),
  });
}

/** Keeps a choice under a name, in place of the one of that name. */
export function useSavePreset() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (preset: { name: string; format: ExportFormat; options?: ExportOptions }) =>
      zoned.presets.save(preset),
    onSuccess: () => queries.invalidateQueries({ queryKey: zonedKeys.presets() }),
  });
}

/** Forgets a preset. */
export function useDeletePreset() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.presets.delete(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: zonedKeys.presets() }),
  });
}
