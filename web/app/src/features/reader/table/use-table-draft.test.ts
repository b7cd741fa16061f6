import { describe, expect, it } from "vitest";
import { deleteRow, mergeCells, setContent } from "./grid";
import { reduceTable, startTable } from "./use-table-draft";

const cell = { row_span: 1, column_span: 1, header: false, content: "" };
const table = {
  rows: 2,
  columns: 2,
  cells: [0, 1].flatMap((row) => [0, 1].map((column) => ({ ...cell, row, column }))),
};

describe("a table while it is edited", () => {
  it("goes back and forth between its versions", () => {
    let state = startTable(table);
    state = reduceTable(state, { do: "change", change: (old) => setContent(old, 0, 0, "a") });
    state = reduceTable(state, { do: "change", change: (old) => setContent(old, 0, 0, "b") });
    state = reduceTable(state, { do: "undo" });
    expect(state.table.cells[0]?.content).toBe("a");
    state = reduceTable(state, { do: "undo" });
    expect(state.table).toBe(table);
    state = reduceTable(reduceTable(state, { do: "redo" }), { do: "redo" });
    expect(state.table.cells[0]?.content).toBe("b");
  });

  it("acts on the cells that are selected", () => {
    let state = startTable(table);
    state = reduceTable(state, { do: "go", to: { row: 0, column: 1 } });
    state = reduceTable(state, { do: "go", to: { row: 1, column: 1 }, extend: true });
    state = reduceTable(state, { do: "change", change: mergeCells });
    expect(state.table.cells.map(({ row, column, row_span }) => [row, column, row_span])).toEqual([
      [0, 0, 1],
      [0, 1, 2],
      [1, 0, 1],
    ]);
  });

  it("keeps its focus inside when rows go", () => {
    let state = reduceTable(startTable(table), { do: "go", to: { row: 1, column: 1 } });
    state = reduceTable(state, { do: "change", change: (old) => deleteRow(old, 1) });
    expect(state.at).toEqual({ row: 0, column: 1 });
  });
});
