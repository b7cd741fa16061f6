import type { ZoneTable } from "@zoned/client";
import { useReducer } from "react";
import { type CellRange, rangeBetween } from "./grid";

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** A table while it is edited: its versions so far, and where one is in it. */
export interface TableDraft {
  readonly table: ZoneTable;
  /** The cell with the focus. */
  readonly at: CellPlace;
  /** The other corner of the selection. */
  readonly from: CellPlace;
  readonly range: CellRange;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

interface State {
  readonly past: readonly ZoneTable[];
  readonly table: ZoneTable;
  readonly future: readonly ZoneTable[];
  readonly at: CellPlace;
  readonly from: CellPlace;
}

export type TableAction =
  | { readonly do: "go"; readonly to: CellPlace; readonly extend?: boolean }
  | { readonly do: "change"; readonly change: (table: ZoneTable, range: CellRange) => ZoneTable }
  | { readonly do: "undo" }
  | { readonly do: "redo" };

export function reduceTable(state: State, action: TableAction): State {
  switch (action.do) {
    case "go":
      return { ...state, at: action.to, from: action.extend ? state.from : action.to };
    case "change": {
      const next = action.change(state.table, rangeBetween(state.table, state.from, state.at));
      if (next === state.table) return state;
      return inside({ ...state, past: [...state.past, state.table], table: next, future: [] });
    }
    case "undo": {
      const before = state.past.at(-1);
      if (!before) return state;
      return inside({
        ...state,
        past: state.past.slice(0, -1),
        table: before,
        future: [state.table, ...state.future],
      });
    }
    case "redo": {
      const [after, ...future] = state.future;
      if (!after) return state;
      return inside({ ...state, past: [...state.past, state.table], table: after, future });
    }
  }
}

/** Keeps the focus on the table when it became smaller. */
function inside(state: State): State {
  const { rows, columns } = state.table;
  const hold = ({ row, column }: CellPlace) => ({
    row: Math.min(row, rows - 1),
    column: Math.min(column, columns - 1),
  });
  return { ...state, at: hold(state.at), from: hold(state.from) };
}

export function startTable(table: ZoneTable): State {
  const first = { row: 0, column: 0 };
  return { past: [], table, future: [], at: first, from: first };
}

export function useTableDraft(table: ZoneTable): [TableDraft, (action: TableAction) => void] {
  const [state, act] = useReducer(reduceTable, table, startTable);
  const draft = {
    table: state.table,
    at: state.at,
    from: state.from,
    range: rangeBetween(state.table, state.from, state.at),
    canUndo: state.past.length > 0,
    canRedo: state.future.length > 0,
  };
  return [draft, act];
}
