import type { Box, ZoneKind } from "@zoned/client";
import type { ZoneConflict } from "@zoned/client/react";
import { createStore, type StoreApi } from "zustand";
import { nextRotation, type Rotation } from "../geometry/rotation";

export type Tool = "select" | "draw";

/** What is being done in a reader, beside what it shows: its tool, what is being edited, which dialog is open. */
export interface DeskState {
  readonly tool: Tool;
  /** What a drawn zone is read as; null: what the engine takes it for. */
  readonly drawAs: ZoneKind | null;
  /** A box that is being drawn with the keyboard. */
  readonly draft: { readonly pageNumber: number; readonly bbox: Box } | null;
  readonly editing: { readonly zoneId: string; readonly what: "text" | "table" } | null;
  readonly dialog: "history" | "export" | null;
  readonly conflict: ZoneConflict | null;
  readonly rotation: Rotation;
  /** The scale that the pages have now, pixels a point: what "fit" comes to. 0 while there is no pane of pages. */
  readonly scale: number;
  /** Whether the panes scroll together. */
  readonly follow: boolean;
  /** What screen readers are told. */
  readonly message: string;
  setTool(tool: Tool): void;
  setDrawAs(kind: ZoneKind | null): void;
  setDraft(draft: DeskState["draft"]): void;
  edit(editing: DeskState["editing"]): void;
  open(dialog: DeskState["dialog"]): void;
  setConflict(conflict: ZoneConflict | null): void;
  rotate(): void;
  setScale(scale: number): void;
  setFollow(follow: boolean): void;
  tell(message: string): void;
}

export function createDesk(initial: Pick<DeskState, "rotation" | "follow">): StoreApi<DeskState> {
  return createStore<DeskState>()((set) => ({
    tool: "select",
    drawAs: null,
    draft: null,
    editing: null,
    dialog: null,
    conflict: null,
    message: "",
    scale: 0,
    ...initial,
    setTool: (tool) => set({ tool, draft: null }),
    setDrawAs: (drawAs) => set({ drawAs }),
    setDraft: (draft) => set({ draft }),
    edit: (editing) => set({ editing }),
    open: (dialog) => set({ dialog }),
    setConflict: (conflict) => set({ conflict }),
    rotate: () => set(({ rotation }) => ({ rotation: nextRotation(rotation) })),
    setScale: (scale) => set({ scale }),
    setFollow: (follow) => set({ follow }),
    tell: (message) => set({ message }),
  }));
}
