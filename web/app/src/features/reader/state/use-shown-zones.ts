import type { Zone } from "@zoned/client";
import { useZones } from "@zoned/client/react";
import { useMemo } from "react";
import { useReaderParts, useView } from "./reader-context";
import { isShown } from "./zone-filter";

const NONE: readonly Zone[] = [];

/** The zones of a page in reading order: all, and those the filter shows. */
export function useShownZones(pageNumber: number, enabled: boolean) {
  const { documentId } = useReaderParts();
  const hiddenKinds = useView((state) => state.hiddenKinds);
  const minConfidence = useView((state) => state.minConfidence);
  const { data, error, isPending, refetch } = useZones(documentId, pageNumber, { neighbours: 0, enabled });
  const all = data ?? NONE;
  const shown = useMemo(
    () => all.filter((zone) => isShown(zone, { hiddenKinds, minConfidence })),
    [all, hiddenKinds, minConfidence],
  );
  return { all, shown, error, isPending: enabled && isPending, refetch };
}
