import { Constants, type Database } from "../database.types.js";

/** What a zone is. */
export type ZoneKind = Database["public"]["Enums"]["zone_kind"];
/** Every kind of zone. */
export const ZONE_KINDS: readonly ZoneKind[] = Constants.public.Enums.zone_kind;
/** Who made a zone. */
export type ZoneOrigin = Database["public"]["Enums"]["zone_origin"];

/** A rectangle in points (1/72 inch), from the top left corner of the page as displayed. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One cell of a table; rows and columns count from 0. */
export interface TableCell {
  readonly row: number;
  readonly column: number;
  readonly row_span: number;
  readonly column_span: number;
  /** Whether it names a row or column. */
  readonly header: boolean;
  readonly content: string;
  /** That of the zone when not given. */
  readonly bbox?: Box | null | undefined;
}

/** The cells of a zone of kind table. */
export interface ZoneTable {
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly TableCell[];
}

/** One item of a list. */
export interface ListItem {
  /** Depth by nesting, from 1 to 7. */
  readonly level: number;
  /** What stands before it: a bullet, a number; null where there is nothing. */
  readonly marker: string | null;
  readonly content: string;
  readonly bbox?: Box | undefined;
}

/** A region of a page. */
export interface Zone {
  readonly id: string;
  readonly documentId: string;
  /** From 1. */
  readonly pageNumber: number;
  readonly kind: ZoneKind;
  /** Of headings: 1 (highest) to 6. Of list items: the depth. */
  readonly level: number | null;
  /** In points, from the top left of the page as displayed. */
  readonly bbox: Box;
  /** Place on its page, from 0. */
  readonly readingOrder: number;
  readonly content: string;
  /** Of tables. */
  readonly table: ZoneTable | null;
  /** Of lists, where they were told apart. */
  readonly items: readonly ListItem[] | null;
  /** Whether its owner has drawn or changed it since it was last read: exports take it as certain then. */
  readonly edited: boolean;
  /** How sure the engine was of kind and box, 0 to 1; 1 of a zone made by hand. */
  readonly confidence: number;
  readonly origin: ZoneOrigin;
  /** Counts edits, from 1. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a zone was before an edit or its deletion. */
export interface ZoneRevision
  extends Omit<Zone, "id" | "createdAt" | "updatedAt" | "documentId" | "pageNumber"> {
  readonly zoneId: string;
  readonly documentId: string;
  readonly pageNumber: number;
  /** What ended it. */
  readonly operation: "update" | "delete";
  readonly changedAt: string;
  /** Who ended it: the zone's owner, or the engine that read the zone again. */
  readonly changedBy: ZoneOrigin;
}

/**
 * The text of a table: a line a row, tabs between cells. What `content` of a table zone holds.
 *
 * @example
 * ```ts
 * import { tableText } from "@zoned/client";
 *
 * const cell = { row: 0, row_span: 1, column_span: 1, header: false };
 * tableText({ rows: 1, columns: 2, cells: [{ ...cell, column: 0, content: "a" }, { ...cell, column: 1, content: "b" }] });
 * ```
 */
export function tableText(table: ZoneTable): string {
  const rows = new Map<number, TableCell[]>();
  for (const cell of table.cells) {
    const row = rows.get(cell.row);
    if (row) row.push(cell);
    else rows.set(cell.row, [cell]);
  }
  return [...rows.entries()]
    .sort(([first], [second]) => first - second)
    .map(([, cells]) =>
      cells
        .sort((first, second) => first.column - second.column)
        .map((cell) => cell.content.replace(/[\t\n\r]+/g, " "))
        .join("\t"),
    )
    .join("\n");
}
