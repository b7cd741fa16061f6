import { skipToken, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Progress } from "../model/document.js";
import type { Export, ExportFormat, ExportOptions } from "../model/export.js";
import { itemsOf, mapSlices, type Slices } from "./cache.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

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

/**
 * How far a running export is, as events tell; undefined before the first.
 *
 * @example
 * ```tsx
 * import { useExportProgress } from "@zoned/client/react";
 *
 * export function ExportProgress({ exportId }: { exportId: string }) {
 *   return <progress value={useExportProgress(exportId)?.percent ?? 0} max={100} />;
 * }
 * ```
 */
export function useExportProgress(exportId: string): Progress | undefined {
  // It comes by events only: there is nothing to ask.
  return useQuery<Progress>({ queryKey: zonedKeys.exports.progress(exportId), queryFn: skipToken }).data;
}

/**
 * Asks for an export; it is in the list at once.
 *
 * @example
 * ```tsx
 * import { useRequestExport } from "@zoned/client/react";
 *
 * export function ExportTables({ documentId }: { documentId: string }) {
 *   const request = useRequestExport();
 *   const options = { pages: "1-20", min_confidence: 0.5 };
 *   return <button type="button" onClick={() => request.mutate({ documentId, format: "xlsx", options })}>Tables</button>;
 * }
 * ```
 */
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

/**
 * Deletes an export and its file.
 *
 * @example
 * ```tsx
 * import { useDeleteExport } from "@zoned/client/react";
 *
 * export function DeleteExport({ id }: { id: string }) {
 *   const remove = useDeleteExport();
 *   return <button type="button" onClick={() => remove.mutate(id)}>Delete</button>;
 * }
 * ```
 */
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

/**
 * Named choices of format and options, by name.
 *
 * @example
 * ```tsx
 * import { usePresets } from "@zoned/client/react";
 *
 * export function PresetNames() {
 *   const { data: presets = [] } = usePresets();
 *   return <p>{presets.map((preset) => preset.name).join(", ")}</p>;
 * }
 * ```
 */
export function usePresets() {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.presets(),
    queryFn: ({ signal }) => zoned.presets.list({ signal }),
  });
}

/**
 * Keeps a choice under a name, in place of the one of that name.
 *
 * @example
 * ```tsx
 * import { useSavePreset } from "@zoned/client/react";
 *
 * export function SavePreset({ name }: { name: string }) {
 *   const save = useSavePreset();
 *   return <button type="button" onClick={() => save.mutate({ name, format: "html", options: { images: "none" } })}>Save</button>;
 * }
 * ```
 */
export function useSavePreset() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (preset: { name: string; format: ExportFormat; options?: ExportOptions }) =>
      zoned.presets.save(preset),
    onSuccess: () => queries.invalidateQueries({ queryKey: zonedKeys.presets() }),
  });
}

/**
 * Forgets a preset.
 *
 * @example
 * ```tsx
 * import { useDeletePreset } from "@zoned/client/react";
 *
 * export function DeletePreset({ id }: { id: string }) {
 *   const remove = useDeletePreset();
 *   return <button type="button" onClick={() => remove.mutate(id)}>Delete</button>;
 * }
 * ```
 */
export function useDeletePreset() {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => zoned.presets.delete(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: zonedKeys.presets() }),
  });
}
