import type { ZoneTable } from "@zoned/client";
import { memo } from "react";

/** Rows shown at first: a table of thousands would hold up everything else. */
const MOST_ROWS = 200;

/** A table to read. */
export const ZoneTableView = memo(function ZoneTableView({ table }: { table: ZoneTable }) {
  const rows = Array.from({ length: Math.min(table.rows, MOST_ROWS) }, (_, row) =>
    table.cells.filter((cell) => cell.row === row).sort((one, other) => one.column - other.column),
  );
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be reached by the keyboard for that.
      tabIndex={0}
      aria-label="Table"
      className="overflow-x-auto rounded-lg ring-1 ring-line"
    >
      <table className="w-full border-collapse text-[0.929rem]">
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
            <tr key={row} className="border-line border-t first:border-t-0">
              {cells.map((cell) => {
                const Cell = cell.header ? "th" : "td";
                return (
                  <Cell
                    key={cell.column}
                    rowSpan={Math.min(cell.row_span, MOST_ROWS)}
                    colSpan={cell.column_span}
                    {...(cell.header ? { scope: cell.row === 0 ? "col" : "row" } : {})}
                    className={`whitespace-pre-line border-line border-l px-2.5 py-1.5 text-left align-top first:border-l-0 ${cell.header ? "bg-sunken font-medium" : ""}`}
                  >
                    {cell.content}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {table.rows > MOST_ROWS && (
        <p className="border-line border-t px-2.5 py-1.5 text-ink-muted">
          {table.rows - MOST_ROWS} more rows: export the table to see them all.
        </p>
      )}
    </section>
  );
});
