import type { TableCell } from "@zoned/client";
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { cellAt, isInRange, neighbour, pasteText, setContent } from "./grid";
import type { TableAction, TableDraft } from "./use-table-draft";

const DIRECTIONS: Record<string, "up" | "down" | "left" | "right"> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/** The cells as a grid: arrow keys go from one to the next, Enter or typing edits one, tables can be pasted. */
export function TableGrid({ draft, act }: { draft: TableDraft; act: (action: TableAction) => void }) {
  const { table, at, range } = draft;
  /** The text of the cell that is being edited; null when none is. */
  const [typed, setTyped] = useState<string | null>(null);
  const grid = useRef<HTMLTableElement>(null);
  const current = cellAt(table, at.row, at.column);

  /** Whether the field that was typed in has just gone, and the focus with it. */
  const wasTyping = useRef(false);

  // The focus follows the place, also after rows came or went.
  useEffect(() => {
    if (typed !== null) return;
    if (wasTyping.current || grid.current?.contains(document.activeElement)) {
      grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
    wasTyping.current = false;
  });

  const commit = (move?: "down" | "right") => {
    if (typed === null) return;
    setTyped(null);
    if (typed !== current?.content)
      act({ do: "change", change: (old) => setContent(old, at.row, at.column, typed) });
    if (!move) return;
    wasTyping.current = true;
    act({ do: "go", to: neighbour(table, at, move) });
  };

  const cancel = () => {
    wasTyping.current = true;
    setTyped(null);
  };

  const onCellKey = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    const mod = event.ctrlKey || event.metaKey;
    if (direction) act({ do: "go", to: neighbour(table, at, direction), extend: event.shiftKey });
    else if (mod && event.key.toLowerCase() === "z") act({ do: event.shiftKey ? "redo" : "undo" });
    else if (mod && event.key.toLowerCase() === "y") act({ do: "redo" });
    else if (event.key === "Enter" || event.key === "F2") setTyped(current?.content ?? "");
    else if (event.key === "Delete" || event.key === "Backspace") clear();
    else if (event.key === "Home") act({ do: "go", to: { row: at.row, column: 0 }, extend: event.shiftKey });
    else if (event.key === "End")
      act({ do: "go", to: { row: at.row, column: table.columns - 1 }, extend: event.shiftKey });
    else if (event.key.length === 1 && !mod && !event.altKey) setTyped(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const clear = () =>
    act({
      do: "change",
      change: (old, cells) => ({
        ...old,
        cells: old.cells.map((cell) => (isInRange(cell, cells) ? { ...cell, content: "" } : cell)),
      }),
    });

  const onPaste = (event: ClipboardEvent) => {
    if (typed !== null) return;
    const text = event.clipboardData.getData("text/plain");
    if (text === "") return;
    event.preventDefault();
    act({ do: "change", change: (old, cells) => pasteText(old, cells.top, cells.left, text) });
  };

  const onCopy = (event: ClipboardEvent) => {
    if (typed !== null) return;
    event.preventDefault();
    const cells = table.cells.filter((cell) => isInRange(cell, range));
    const rows = new Map<number, string[]>();
    for (const cell of cells)
      rows.set(cell.row, [...(rows.get(cell.row) ?? []), cell.content.replace(/\s+/g, " ")]);
    event.clipboardData.setData("text/plain", [...rows.values()].map((row) => row.join("\t")).join("\n"));
  };

  return (
    <div className="max-h-[55dvh] overflow-auto rounded-lg ring-1 ring-line">
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the cells are edited.
        role="grid"
        aria-label="Cells"
        aria-multiselectable
        className="w-full border-collapse"
        onPaste={onPaste}
        onCopy={onCopy}
      >
        <tbody>
          {Array.from({ length: table.rows }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
            <tr key={row}>
              {table.cells
                .filter((cell) => cell.row === row)
                .map((cell) => (
                  <GridCell
                    key={cell.column}
                    cell={cell}
                    isCurrent={cell === current}
                    isSelected={isInRange(cell, range)}
                    typed={cell === current ? typed : null}
                    onGo={(extend) => act({ do: "go", to: { row: cell.row, column: cell.column }, extend })}
                    onEdit={() => setTyped(cell.content)}
                    onType={setTyped}
                    onCommit={commit}
                    onCancel={cancel}
                    onKey={onCellKey}
                  />
                ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface GridCellProps {
  cell: TableCell;
  isCurrent: boolean;
  isSelected: boolean;
  typed: string | null;
  onGo: (extend: boolean) => void;
  onEdit: () => void;
  onType: (text: string) => void;
  onCommit: (move?: "down" | "right") => void;
  onCancel: () => void;
  onKey: (event: KeyboardEvent) => void;
}

function GridCell(props: GridCellProps) {
  const { cell, isCurrent, isSelected, typed } = props;
  const Cell = cell.header ? "th" : "td";
  const role = cell.header ? (cell.row === 0 ? "columnheader" : "rowheader") : "gridcell";
  return (
    <Cell
      role={role}
      rowSpan={cell.row_span}
      colSpan={cell.column_span}
      aria-selected={isSelected}
      tabIndex={isCurrent && typed === null ? 0 : -1}
      onKeyDown={typed === null ? props.onKey : undefined}
      onClick={(event: React.MouseEvent<HTMLElement>) => {
        if (typed !== null) return;
        props.onGo(event.shiftKey);
        event.currentTarget.focus();
      }}
      onDoubleClick={props.onEdit}
      className={`min-w-20 border border-line px-2.5 py-1.5 text-left align-top outline-offset-[-2px] ${
        cell.header ? "bg-sunken font-medium" : ""
      } ${isSelected ? "bg-accent-soft!" : ""} ${isCurrent ? "shadow-[inset_0_0_0_2px_var(--accent)]" : ""}`}
    >
      {typed === null ? (
        <span className="block min-h-5 whitespace-pre-line">{cell.content}</span>
      ) : (
        <CellField text={typed} label={`Row ${cell.row + 1}, column ${cell.column + 1}`} {...props} />
      )}
    </Cell>
  );
}

function CellField({
  text,
  label,
  onType,
  onCommit,
  onCancel,
}: { text: string; label: string } & GridCellProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && !event.shiftKey) onCommit("down");
    else if (event.key === "Tab" && !event.shiftKey) onCommit("right");
    else return;
    event.preventDefault();
  };
  return (
    <textarea
      ref={field}
      aria-label={label}
      value={text}
      rows={Math.max(text.split("\n").length, 1)}
      onChange={(event) => onType(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => onCommit()}
      className="block w-full min-w-24 resize-none bg-surface outline-none"
    />
  );
}
