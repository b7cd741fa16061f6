import { create } from "zustand";

/** Documents that were deleted and may still be taken back: not shown, not gone. */
export const useHidden = create<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));

export function hide(ids: readonly string[]): void {
  useHidden.setState((store) => ({ ids: new Set([...store.ids, ...ids]) }));
}

export function show(ids: readonly string[]): void {
  useHidden.setState((store) => ({ ids: new Set([...store.ids].filter((id) => !ids.includes(id))) }));
}
