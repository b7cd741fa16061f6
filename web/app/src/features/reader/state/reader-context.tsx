import type { Document } from "@zoned/client";
import { type ReaderState, useReader } from "@zoned/client/react";
import { createContext, useContext } from "react";
import { type StoreApi, useStore } from "zustand";
import type { ZoneEdits } from "../editing/use-zone-edits";
import type { PdfState } from "../pdf/use-pdf";
import type { DeskState } from "./desk";
import type { KeptPlace } from "./kept-place";
import type { PaneSync } from "./pane-sync";
import type { PageList } from "./use-page-list";

/** What the parts of a reader share. The object stays the same; the stores in it change. */
export interface ReaderParts {
  readonly documentId: string;
  readonly view: StoreApi<ReaderState>;
  readonly desk: StoreApi<DeskState>;
  readonly panes: PaneSync;
  readonly place: KeptPlace;
  readonly edits: ZoneEdits;
}

/** What is read of the document. */
export interface ReaderData {
  readonly document: Document;
  readonly pages: PageList;
  readonly pdf: PdfState;
}

export const PartsContext = createContext<ReaderParts | null>(null);
export const DataContext = createContext<ReaderData | null>(null);

export function useReaderParts(): ReaderParts {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error("useReaderParts is for components inside a reader");
  return parts;
}

export function useReaderData(): ReaderData {
  const data = useContext(DataContext);
  if (!data) throw new Error("useReaderData is for components inside a reader");
  return data;
}

/** A part of what the reader shows. */
export function useView<Part>(select: (state: ReaderState) => Part): Part {
  return useReader(useReaderParts().view, select);
}

/** A part of what is being done in the reader. */
export function useDesk<Part>(select: (state: DeskState) => Part): Part {
  return useStore(useReaderParts().desk, select);
}
