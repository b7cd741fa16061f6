import type { ReaderState } from "@zoned/client/react";
import { useEffect, useSyncExternalStore } from "react";
import type { StoreApi } from "zustand";

// What "fit" comes to is known to the pane alone; the toolbar shows it and steps from it.
const scales = new WeakMap<StoreApi<ReaderState>, { scale: number; listeners: Set<() => void> }>();

function entryOf(view: StoreApi<ReaderState>) {
  const entry = scales.get(view) ?? { scale: 0, listeners: new Set<() => void>() };
  scales.set(view, entry);
  return entry;
}

/** Tells the scale that the pages have now, pixels a point. */
export function useScaleOf(view: StoreApi<ReaderState>, scale: number): void {
  useEffect(() => {
    const entry = entryOf(view);
    entry.scale = scale;
    for (const listener of entry.listeners) listener();
  }, [view, scale]);
}

/** The scale that the pages have now; 0 while there is no pane of pages. */
export function useShownScale(view: StoreApi<ReaderState>): number {
  return useSyncExternalStore(
    (listener) => {
      const { listeners } = entryOf(view);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => entryOf(view).scale,
  );
}
