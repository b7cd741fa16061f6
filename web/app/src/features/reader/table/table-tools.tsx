import { Columns3, Heading, Merge, Redo2, Rows3, Split, Undo2 } from "lucide-react";
import { Button } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/components/menu";
import {
  cellAt,
  deleteColumn,
  deleteRow,
  insertColumn,
  insertRow,
  isInRange,
  mergeCells,
  setHeader,
  splitCell,
} from "./grid";
import type { TableAction, TableDraft } from "./use-table-draft";

interface Props {
  draft: TableDraft;
  act: (action: TableAction) => void;
}

/** What can be done with the selected cells. */
export function TableTools({ draft, act }: Props) {
  const { table, range, at, canUndo, canRedo } = draft;
  const change = (how: Parameters<typeof apply>[1]) => apply(act, how);
  const cell = cellAt(table, at.row, at.column);
  const isSpanning = cell !== undefined && (cell.row_span > 1 || cell.column_span > 1);
  const selected = table.cells.filter((each) => isInRange(each, range));
  const areHeaders = selected.every((each) => each.header);
  const rows = range.bottom - range.top + 1;
  const columns = range.right - range.left + 1;
  return (
    <div role="toolbar" aria-label="Cells" className="mb-3 flex flex-wrap items-center gap-1">
      <Menu
        align="start"
        trigger={
          <Button size="small">
            <Rows3 aria-hidden className="size-3.75" />
            Rows
          </Button>
        }
      >
        <MenuItem onSelect={() => change((old) => insertRow(old, range.top))}>Insert above</MenuItem>
        <MenuItem onSelect={() => change((old) => insertRow(old, range.bottom + 1))}>Insert below</MenuItem>
        <MenuSeparator />
        <MenuItem
          danger
          disabled={table.rows <= rows}
          onSelect={() => change((old) => times(rows, old, (each) => deleteRow(each, range.top)))}
        >
          {rows === 1 ? "Delete row" : `Delete ${rows} rows`}
        </MenuItem>
      </Menu>
      <Menu
        align="start"
        trigger={
          <Button size="small">
            <Columns3 aria-hidden className="size-3.75" />
            Columns
          </Button>
        }
      >
        <MenuItem onSelect={() => change((old) => insertColumn(old, range.left))}>
          Insert to the left
        </MenuItem>
        <MenuItem onSelect={() => change((old) => insertColumn(old, range.right + 1))}>
          Insert to the right
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          danger
          disabled={table.columns <= columns}
          onSelect={() => change((old) => times(columns, old, (each) => deleteColumn(each, range.left)))}
        >
          {columns === 1 ? "Delete column" : `Delete ${columns} columns`}
        </MenuItem>
      </Menu>
      <IconButton
        label="Merge the selected cells"
        disabled={selected.length < 2}
        onClick={() => change(mergeCells)}
      >
        <Merge aria-hidden />
      </IconButton>
      <IconButton
        label="Split the cell"
        disabled={!isSpanning}
        onClick={() => change((old) => splitCell(old, at.row, at.column))}
      >
        <Split aria-hidden />
      </IconButton>
      <IconButton
        label="Header cells"
        pressed={areHeaders}
        onClick={() => change((old, cells) => setHeader(old, cells, !areHeaders))}
      >
        <Heading aria-hidden />
      </IconButton>
      <IconButton
        label="Undo"
        shortcut="mod+z"
        disabled={!canUndo}
        onClick={() => act({ do: "undo" })}
        className="ml-auto"
      >
        <Undo2 aria-hidden />
      </IconButton>
      <IconButton label="Redo" shortcut="mod+shift+z" disabled={!canRedo} onClick={() => act({ do: "redo" })}>
        <Redo2 aria-hidden />
      </IconButton>
    </div>
  );
}

function apply(act: Props["act"], change: Extract<TableAction, { do: "change" }>["change"]) {
  act({ do: "change", change });
}

function times<Value>(count: number, value: Value, change: (value: Value) => Value): Value {
  let result = value;
  for (let round = 0; round < count; round += 1) result = change(result);
  return result;
}
