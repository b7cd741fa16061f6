import { createStore, type StoreApi, useStore } from "zustand";
import type { ZoneKind } from "../model/zone.js";

/** A page fills the width or is seen whole; a number is its scale (1: 72 points an inch on screen). */
export type Zoom = number | "width" | "page";
/** Which panes are shown. */
export type Panes = "both" | "page" | "content";

/** What a reader shows and how: true client state, nothing that the server knows. */
export interface ReaderState {
  readonly page: number;
  readonly zoom: Zoom;
  readonly panes: Panes;
  /** The page pane's share of the width, 0.15 to 0.85. */
  readonly split: number;
  readonly selected: readonly string[];
  readonly hovered: string | null;
  readonly hiddenKinds: readonly ZoneKind[];
  /** Zones less sure are not shown, 0 to 1. */
  readonly minConfidence: number;
  readonly zonesVisible: boolean;
  goTo(page: number): void;
  setZoom(zoom: Zoom): void;
  setPanes(panes: Panes): void;
  setSplit(split: number): void;
  /** Selects these zones; with `extend`, in addition to those selected. */
  select(ids: readonly string[], options?: { readonly extend?: boolean }): void;
  hover(id: string | null): void;
  toggleKind(kind: ZoneKind): void;
  setMinConfidence(value: number): void;
  toggleZones(): void;
}

const between = (least: number, value: number, most: number) => Math.min(Math.max(value, least), most);

/**
 * A store of one reader's state.
 *
 * @example
 * ```ts
 * import { createReaderStore } from "@zoned/client/react";
 *
 * const store = createReaderStore({ page: 3 });
 * store.getState().toggleKind("footer");
 * ```
 */
export function createReaderStore(
  initial: Partial<
    Pick<ReaderState, "page" | "zoom" | "panes" | "split" | "hiddenKinds" | "minConfidence" | "zonesVisible">
  > = {},
): StoreApi<ReaderState> {
  return createStore<ReaderState>()((set) => ({
    page: 1,
    zoom: "width",
    panes: "both",
    split: 0.5,
    hiddenKinds: [],
    minConfidence: 0,
    zonesVisible: true,
    ...initial,
    selected: [],
    hovered: null,
    goTo: (page) => set({ page: Math.max(Math.trunc(page), 1) }),
    setZoom: (zoom) => set({ zoom: typeof zoom === "number" ? between(0.1, zoom, 8) : zoom }),
    setPanes: (panes) => set({ panes }),
    setSplit: (split) => set({ split: between(0.15, split, 0.85) }),
    select: (ids, options) =>
      set((state) => ({ selected: options?.extend ? [...new Set([...state.selected, ...ids])] : [...ids] })),
    hover: (hovered) => set({ hovered }),
    toggleKind: (kind) =>
      set(({ hiddenKinds }) => ({
        hiddenKinds: hiddenKinds.includes(kind)
          ? hiddenKinds.filter((other) => other !== kind)
          : [...hiddenKinds, kind],
      })),
    setMinConfidence: (value) => set({ minConfidence: between(0, value, 1) }),
    toggleZones: () => set(({ zonesVisible }) => ({ zonesVisible: !zonesVisible })),
  }));
}

/**
 * A part of a reader's state; renders when that part changes.
 *
 * @example
 * ```tsx
 * import { createReaderStore, useReader } from "@zoned/client/react";
 *
 * const store = createReaderStore();
 *
 * export function PageNumber() {
 *   const page = useReader(store, (state) => state.page);
 *   return <button type="button" onClick={() => store.getState().goTo(page + 1)}>{page}</button>;
 * }
 * ```
 */
export function useReader<Part>(store: StoreApi<ReaderState>, select: (state: ReaderState) => Part): Part {
  return useStore(store, select);
}
