import { type TableCell, tableText, type ZoneTable } from "@zoned/client";
import { describe, expect, it } from "vitest";
import {
  cellAt,
  coverage,
  deleteColumn,
  deleteRow,
  insertColumn,
  insertRow,
  MOST_CELLS,
  mergeCells,
  neighbour,
  pasteText,
  rangeBetween,
  regular,
  setContent,
  setHeader,
  splitCell,
} from "./grid";

/** A table of single cells from lines of words; `a>2` spans two columns, `a^2` two rows. */
function table(...lines: string[]): ZoneTable {
  const taken = new Set<string>();
  const cells: TableCell[] = [];
  let columns = 0;
  lines.forEach((line, row) => {
    let column = 0;
    for (const word of line.split(" ").filter(Boolean)) {
      while (taken.has(`${row},${column}`)) column += 1;
      const [, content = "", across = "1", down = "1"] = /^([^>^]*)(?:>(\d))?(?:\^(\d))?$/.exec(word) ?? [];
      cells.push({
        row,
        column,
        row_span: Number(down),
        column_span: Number(across),
        header: row === 0,
        content: content === "." ? "" : content,
      });
      for (let r = row; r < row + Number(down); r += 1)
        for (let c = column; c < column + Number(across); c += 1) taken.add(`${r},${c}`);
      column += Number(across);
    }
    columns = Math.max(columns, ...[...taken].map((key) => Number(key.split(",")[1]) + 1));
  });
  return { rows: lines.length, columns, cells };
}

/** What covers each place. */
const drawn = (from: ZoneTable) =>
  coverage(from).map((row) => row.map((cell) => cell?.content ?? "?").join(" "));

/** Every place is covered exactly once, and no cell reaches beyond the edge. */
function expectWhole(from: ZoneTable) {
  const places = from.cells.reduce((sum, cell) => sum + cell.row_span * cell.column_span, 0);
  expect(places).toBe(from.rows * from.columns);
  expect(coverage(from).flat()).not.toContain(undefined);
}

const spanned = table("a>2 b^2", "c d", "e f g");

describe("a table's grid", () => {
  it("covers each place by one cell", () => {
    expect(drawn(spanned)).toEqual(["a a b", "c d b", "e f g"]);
    expectWhole(spanned);
  });

  it("is made whole when cells overlap, are missing or reach too far", () => {
    const broken: ZoneTable = {
      rows: 2,
      columns: 2,
      cells: [
        { row: 0, column: 0, row_span: 9, column_span: 9, header: false, content: "a" },
        { row: 0, column: 1, row_span: 1, column_span: 1, header: false, content: "b" },
        { row: 7, column: 0, row_span: 1, column_span: 1, header: false, content: "off" },
      ],
    };
    const whole = regular(broken);
    expect(whole && drawn(whole)).toEqual(["a a", "a a"]);
    const holes = regular({ rows: 2, columns: 2, cells: [] });
    expect(holes && drawn(holes)).toEqual([" ", " "]);
  });

  it("is not edited when it is enormous", () => {
    expect(regular({ rows: MOST_CELLS, columns: 2, cells: [] })).toBeNull();
  });
});

describe("rows and columns", () => {
  it("are inserted; cells that reach over the place grow", () => {
    const taller = insertRow(spanned, 1);
    expect(drawn(taller)).toEqual(["a a b", "  b", "c d b", "e f g"]);
    expectWhole(taller);
    const wider = insertColumn(spanned, 1);
    expect(drawn(wider)).toEqual(["a a a b", "c  d b", "e  f g"]);
    expectWhole(wider);
    expect(drawn(insertRow(spanned, 3)).at(-1)).toBe("  ");
  });

  it("are deleted; cells that reach over the place shrink", () => {
    expect(drawn(deleteRow(spanned, 0))).toEqual(["c d b", "e f g"]);
    expect(drawn(deleteColumn(spanned, 1))).toEqual(["a b", "c b", "e g"]);
    expectWhole(deleteRow(spanned, 0));
    expectWhole(deleteColumn(spanned, 0));
  });

  it("always leave one", () => {
    const single = table("a");
    expect(deleteRow(single, 0)).toBe(single);
    expect(deleteColumn(single, 0)).toBe(single);
  });

  it("undo each other", () => {
    for (const at of [0, 1, 2, 3]) {
      expect(drawn(deleteRow(insertRow(spanned, at), at))).toEqual(drawn(spanned));
      expect(drawn(deleteColumn(insertColumn(spanned, at), at))).toEqual(drawn(spanned));
    }
  });
});

describe("cells", () => {
  it("are merged with their texts in reading order", () => {
    const merged = mergeCells(spanned, rangeBetween(spanned, { row: 1, column: 0 }, { row: 2, column: 1 }));
    expect(cellAt(merged, 2, 1)).toMatchObject({ content: "c d e f", row_span: 2, column_span: 2 });
    expectWhole(merged);
  });

  it("are split again, the text in the first", () => {
    const split = splitCell(spanned, 1, 2);
    expect(drawn(split)).toEqual(["a a b", "c d ", "e f g"]);
    expectWhole(split);
    expect(cellAt(split, 1, 2)?.header).toBe(true);
    expect(splitCell(spanned, 2, 2)).toBe(spanned);
  });

  it("are selected whole, however wide that makes the selection", () => {
    expect(rangeBetween(spanned, { row: 1, column: 0 }, { row: 0, column: 0 })).toEqual({
      top: 0,
      left: 0,
      bottom: 1,
      right: 1,
    });
    expect(rangeBetween(spanned, { row: 0, column: 0 }, { row: 0, column: 2 })).toEqual({
      top: 0,
      left: 0,
      bottom: 1,
      right: 2,
    });
  });

  it("are written and made headers", () => {
    expect(cellAt(setContent(spanned, 1, 2, "new"), 0, 2)?.content).toBe("new");
    const headed = setHeader(spanned, { top: 2, left: 0, bottom: 2, right: 2 }, true);
    expect(headed.cells.filter((cell) => cell.header).map((cell) => cell.content)).toEqual([
      "a",
      "b",
      "e",
      "f",
      "g",
    ]);
  });

  it("take what was copied from a spreadsheet, growing the table", () => {
    const pasted = pasteText(spanned, 2, 2, "1\t2\r\n3\t4\r\n");
    expect(drawn(pasted)).toEqual(["a a b ", "c d b ", "e f 1 2", "  3 4"]);
    expectWhole(pasted);
  });

  it("are gone through with the arrow keys, past whole cells, and not beyond the edge", () => {
    expect(neighbour(spanned, { row: 0, column: 0 }, "right")).toEqual({ row: 0, column: 2 });
    expect(neighbour(spanned, { row: 0, column: 2 }, "down")).toEqual({ row: 2, column: 2 });
    expect(neighbour(spanned, { row: 0, column: 0 }, "up")).toEqual({ row: 0, column: 0 });
    expect(neighbour(spanned, { row: 2, column: 2 }, "right")).toEqual({ row: 2, column: 2 });
  });

  it("give their text a line a row", () => {
    expect(tableText(spanned)).toBe("a\tb\nc\td\ne\tf\tg");
  });
});
