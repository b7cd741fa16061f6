import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import type { JsonObject } from "../model/json.js";
import type { Settings } from "../settings.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/**
 * The user's settings, and a function that changes some of them: shown at once, taken back when it fails.
 *
 * @example
 * ```tsx
 * import { useSettings } from "@zoned/client/react";
 *
 * export function Theme() {
 *   const { settings, update } = useSettings();
 *   return <button type="button" onClick={() => update({ theme: "dark" })}>{String(settings["theme"] ?? "system")}</button>;
 * }
 * ```
 */
export function useSettings() {
  const zoned = useZoned();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: zonedKeys.settings(),
    queryFn: ({ signal }) => zoned.settings.get({ signal }),
  });
  const mutation = useMutation({
    scope: { id: "zoned.settings" },
    mutationFn: (patch: Settings) => zoned.settings.update(patch),
    onMutate: async (patch) => {
      await queries.cancelQueries({ queryKey: zonedKeys.settings() });
      const before = queries.getQueryData<Settings>(zonedKeys.settings());
      queries.setQueryData<Settings>(zonedKeys.settings(), { ...before, ...patch });
      return { before };
    },
    onSuccess: (settings) => queries.setQueryData<Settings>(zonedKeys.settings(), settings),
    onError: (_error, _patch, context) => {
      queries.setQueryData<Settings>(zonedKeys.settings(), context?.before);
      void queries.invalidateQueries({ queryKey: zonedKeys.settings() });
    },
  });
  return { ...query, settings: query.data ?? NONE, update: mutation.mutate, updating: mutation };
}

const NONE: Settings = {};
/** The state is saved when it was left alone for this long, milliseconds. */
const SAVE_AFTER = 800;

/**
 * Where the user left off in a document, and a function that keeps a new state: saved a moment later, or when the page is
 * left.
 *
 * @example
 * ```tsx
 * import { useViewState } from "@zoned/client/react";
 *
 * export function PageNumber({ documentId }: { documentId: string }) {
 *   const { state, save } = useViewState(documentId);
 *   const page = Number(state["page"] ?? 1);
 *   return <button type="button" onClick={() => save({ page: page + 1 })}>{page}</button>;
 * }
 * ```
 */
export function useViewState(documentId: string) {
  const zoned = useZoned();
  const queries = useQueryClient();
  const pending = useRef<{ state: JsonObject; timer: ReturnType<typeof setTimeout> } | undefined>(undefined);
  const query = useQuery({
    queryKey: zonedKeys.viewState(documentId),
    queryFn: ({ signal }) => zoned.viewStates.get(documentId, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

  const flush = useCallback(() => {
    const waiting = pending.current;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    pending.current = undefined;
    // Where one left off is not worth an error message.
    zoned.viewStates.save(documentId, waiting.state).catch(() => {});
  }, [zoned, documentId]);

  /** Changes some keys of the state. */
  const save = useCallback(
    (patch: JsonObject) => {
      const state = { ...queries.getQueryData<JsonObject>(zonedKeys.viewState(documentId)), ...patch };
      queries.setQueryData<JsonObject>(zonedKeys.viewState(documentId), state);
      clearTimeout(pending.current?.timer);
      pending.current = { state, timer: setTimeout(flush, SAVE_AFTER) };
    },
    [queries, documentId, flush],
  );

  useEffect(() => {
    globalThis.addEventListener?.("pagehide", flush);
    return () => {
      globalThis.removeEventListener?.("pagehide", flush);
      flush();
    };
  }, [flush]);

  return { ...query, state: query.data ?? NONE, save };
}
