import type { Zone } from "@zoned/client";
import type { ReaderState } from "@zoned/client/react";

/** Which zones are shown. */
export type ZoneFilter = Pick<ReaderState, "hiddenKinds" | "minConfidence">;

export function isShown(zone: Pick<Zone, "kind" | "confidence">, filter: ZoneFilter): boolean {
  // Confidence comes as a 32-bit number: 0.9 may be a little below 0.9 then.
  return zone.confidence >= filter.minConfidence - 1e-6 && !filter.hiddenKinds.includes(zone.kind);
}

export function isFiltering(filter: ZoneFilter): boolean {
  return filter.hiddenKinds.length > 0 || filter.minConfidence > 0;
}

/** How strongly a zone's box is drawn: the surer, the stronger; the least sure can still be seen. */
export function strengthOf(confidence: number): number {
  return 0.4 + 0.6 * Math.min(Math.max(confidence, 0), 1);
}
