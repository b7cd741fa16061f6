import { useQueryClient } from "@tanstack/react-query";
import type { Zone } from "@zoned/client";
import { useCallback, useSyncExternalStore } from "react";
import { useReaderParts, useView } from "./reader-context";
import { findZone } from "./zone-cache";

/** The zone that is selected, as it is now. */
export function useSelectedZone(): Zone | null {
  const queries = useQueryClient();
  const { documentId } = useReaderParts();
  const id = useView((state) => state.selected[0] ?? null);
  const subscribe = useCallback(
    (listener: () => void) => queries.getQueryCache().subscribe(listener),
    [queries],
  );
  return useSyncExternalStore(subscribe, () => (id ? (findZone(queries, documentId, id) ?? null) : null));
}
