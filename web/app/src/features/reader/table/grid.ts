import type { TableCell, ZoneTable } from "@zoned/client";

/** A rectangle of cells: from a row and column to others, both included. */
export interface CellRange {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A table larger than this is shown but not edited: no screen has room for it. */
export const MOST_CELLS = 5000;

const EMPTY = { row_span: 1, column_span: 1, header: false, content: "" };

const emptyCell = (row: number, column: number): TableCell => ({ ...EMPTY, row, column });

/** Every place of the table with the cell that covers it. */
export function coverage(table: ZoneTable): (TableCell | undefined)[][] {
  const grid = Array.from({ length: table.rows }, () =>
    new Array<TableCell | undefined>(table.columns).fill(undefined),
  );
  for (const cell of table.cells) {
    for (let row = cell.row; row < Math.min(cell.row + cell.row_span, table.rows); row += 1) {
      for (
        let column = cell.column;
        column < Math.min(cell.column + cell.column_span, table.columns);
        column += 1
      ) {
        const places = grid[row];
        if (places) places[column] ??= cell;
      }
    }
  }
  return grid;
}

/**
 * The table with every place covered exactly once: spans are cut at the edge and where they meet another cell, holes become empty
 * cells, and cells that were covered by others go. Null when it is too large to edit.
 */
export function regular(table: ZoneTable): ZoneTable | null {
  if (table.rows * table.columns > MOST_CELLS || table.cells.length > MOST_CELLS) return null;
  const taken = Array.from({ length: table.rows }, () => new Array<boolean>(table.columns).fill(false));
  const isFree = (row: number, column: number) =>
    row < table.rows && column < table.columns && !taken[row]?.[column];
  const cells: TableCell[] = [];
  const place = (cell: TableCell) => {
    let columnSpan = 1;
    while (columnSpan < cell.column_span && isFree(cell.row, cell.column + columnSpan)) columnSpan += 1;
    const isRowFree = (row: number) =>
      Array.from({ length: columnSpan }, (_, offset) => isFree(row, cell.column + offset)).every(Boolean);
    let rowSpan = 1;
    while (rowSpan < cell.row_span && isRowFree(cell.row + rowSpan)) rowSpan += 1;
    for (let row = cell.row; row < cell.row + rowSpan; row += 1) {
      taken[row]?.fill(true, cell.column, cell.column + columnSpan);
    }
    cells.push({ ...cell, row_span: rowSpan, column_span: columnSpan });
  };
  for (const cell of table.cells) if (isFree(cell.row, cell.column)) place(cell);
  for (let row = 0; row < table.rows; row += 1) {
    for (let column = 0; column < table.columns; column += 1)
      if (isFree(row, column)) place(emptyCell(row, column));
  }
  return { ...table, cells: cells.sort((one, other) => one.row - other.row || one.column - other.column) };
}

const covers = (cell: TableCell, row: number, column: number) =>
  row >= cell.row &&
  row < cell.row + cell.row_span &&
  column >= cell.column &&
  column < cell.column + cell.column_span;

/** The cell that covers a place. */
export function cellAt(table: ZoneTable, row: number, column: number): TableCell | undefined {
  return table.cells.find((cell) => covers(cell, row, column));
}

export function setContent(table: ZoneTable, row: number, column: number, content: string): ZoneTable {
  return mapCells(table, (cell) => (covers(cell, row, column) ? { ...cell, content } : cell));
}

export function setHeader(table: ZoneTable, range: CellRange, header: boolean): ZoneTable {
  return mapCells(table, (cell) => (touches(cell, range) ? { ...cell, header } : cell));
}

function mapCells(table: ZoneTable, change: (cell: TableCell) => TableCell): ZoneTable {
  return { ...table, cells: table.cells.map(change) };
}

// Rows and columns are treated alike: an axis says which of a cell's numbers are meant.
interface Axis {
  readonly count: "rows" | "columns";
  readonly place: "row" | "column";
  readonly span: "row_span" | "column_span";
}
const ROWS: Axis = { count: "rows", place: "row", span: "row_span" };
const COLUMNS: Axis = { count: "columns", place: "column", span: "column_span" };

/** Cells that reach over the new line become longer; it is a header where the line it is put beside is. */
function insertLine(table: ZoneTable, axis: Axis, at: number): ZoneTable {
  const cross = axis === ROWS ? COLUMNS : ROWS;
  const cells = table.cells.map((cell) => {
    if (cell[axis.place] >= at) return { ...cell, [axis.place]: cell[axis.place] + 1 };
    if (cell[axis.place] + cell[axis.span] > at) return { ...cell, [axis.span]: cell[axis.span] + 1 };
    return cell;
  });
  const grown = { ...table, [axis.count]: table[axis.count] + 1, cells };
  const complete = regular(grown);
  if (!complete || table[cross.count] === 0) return table;
  return complete;
}

/** Cells that begin in the line and reach beyond it stay, shorter; the others go with it. The last line cannot be deleted. */
function deleteLine(table: ZoneTable, axis: Axis, at: number): ZoneTable {
  if (table[axis.count] <= 1 || at < 0 || at >= table[axis.count]) return table;
  const cells = table.cells.flatMap((cell) => {
    const start = cell[axis.place];
    const end = start + cell[axis.span];
    if (start > at) return [{ ...cell, [axis.place]: start - 1 }];
    if (end <= at) return [cell];
    return cell[axis.span] > 1 ? [{ ...cell, [axis.span]: cell[axis.span] - 1 }] : [];
  });
  return { ...table, [axis.count]: table[axis.count] - 1, cells };
}

export const insertRow = (table: ZoneTable, at: number) => insertLine(table, ROWS, at);
export const insertColumn = (table: ZoneTable, at: number) => insertLine(table, COLUMNS, at);
export const deleteRow = (table: ZoneTable, at: number) => deleteLine(table, ROWS, at);
export const deleteColumn = (table: ZoneTable, at: number) => deleteLine(table, COLUMNS, at);

const touches = (cell: TableCell, range: CellRange) =>
  cell.row <= range.bottom &&
  cell.row + cell.row_span > range.top &&
  cell.column <= range.right &&
  cell.column + cell.column_span > range.left;

/** The smallest range around two places that cuts no cell. */
export function rangeBetween(
  table: ZoneTable,
  one: { row: number; column: number },
  other: { row: number; column: number },
): CellRange {
  let range: CellRange = {
    top: Math.min(one.row, other.row),
    left: Math.min(one.column, other.column),
    bottom: Math.max(one.row, other.row),
    right: Math.max(one.column, other.column),
  };
  for (;;) {
    const inside = table.cells.filter((cell) => touches(cell, range));
    const wider: CellRange = {
      top: Math.min(range.top, ...inside.map((cell) => cell.row)),
      left: Math.min(range.left, ...inside.map((cell) => cell.column)),
      bottom: Math.max(range.bottom, ...inside.map((cell) => cell.row + cell.row_span - 1)),
      right: Math.max(range.right, ...inside.map((cell) => cell.column + cell.column_span - 1)),
    };
    const isSame =
      wider.top === range.top &&
      wider.left === range.left &&
      wider.bottom === range.bottom &&
      wider.right === range.right;
    if (isSame) return range;
    range = wider;
  }
}

export function isInRange(cell: TableCell, range: CellRange): boolean {
  return touches(cell, range);
}

/** One cell in place of those of a range that cuts none; their texts come together in reading order. */
export function mergeCells(table: ZoneTable, range: CellRange): ZoneTable {
  const merged = table.cells.filter((cell) => touches(cell, range));
  const first = merged[0];
  if (!first || merged.length < 2) return table;
  const cell: TableCell = {
    row: range.top,
    column: range.left,
    row_span: range.bottom - range.top + 1,
    column_span: range.right - range.left + 1,
    header: first.header,
    content: merged
      .map((each) => each.content.trim())
      .filter((text) => text !== "")
      .join(" "),
  };
  return {
    ...table,
    cells: table.cells.flatMap((each) => (each === first ? [cell] : merged.includes(each) ? [] : [each])),
  };
}

/** Cells of one place each in place of one that spans several; the text stays in the first. */
export function splitCell(table: ZoneTable, row: number, column: number): ZoneTable {
  const cell = cellAt(table, row, column);
  if (!cell || (cell.row_span === 1 && cell.column_span === 1)) return table;
  const cells = table.cells.map((each) =>
    each === cell ? { ...each, row_span: 1, column_span: 1, bbox: null } : each,
  );
  const split = regular({ ...table, cells }) ?? table;
  const isPart = (each: TableCell) => covers(cell, each.row, each.column);
  return mapCells(split, (each) => (isPart(each) ? { ...each, header: cell.header } : each));
}

/** Text as copied from a spreadsheet (tabs between cells, a line a row) into the cells from a place on. The table grows as needed. */
export function pasteText(table: ZoneTable, row: number, column: number, text: string): ZoneTable {
  const lines = text
    .replace(/\r\n?/g, "\n")
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.split("\t"));
  const wanted = {
    rows: row + lines.length,
    columns: column + Math.max(...lines.map((line) => line.length)),
  };
  const grown = regular({
    ...table,
    rows: Math.max(table.rows, wanted.rows),
    columns: Math.max(table.columns, wanted.columns),
  });
  if (!grown) return table;
  let filled = grown;
  lines.forEach((line, down) => {
    line.forEach((content, across) => {
      filled = setContent(filled, row + down, column + across, content);
    });
  });
  return filled;
}

/** The place a key leads to from a place: past the whole cell that covers it, not beyond the edge. */
export function neighbour(
  table: ZoneTable,
  from: { row: number; column: number },
  direction: "up" | "down" | "left" | "right",
): { row: number; column: number } {
  const cell = cellAt(table, from.row, from.column) ?? emptyCell(from.row, from.column);
  const [row, column] = {
    up: [cell.row - 1, from.column],
    down: [cell.row + cell.row_span, from.column],
    left: [from.row, cell.column - 1],
    right: [from.row, cell.column + cell.column_span],
  }[direction] as [number, number];
  if (row < 0 || column < 0 || row >= table.rows || column >= table.columns) return from;
  return { row, column };
}
