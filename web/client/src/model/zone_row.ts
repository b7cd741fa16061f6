import * as z from "zod/mini";
import type { Database } from "../database.types.js";
import { read } from "./json.js";
import type { ListItem, Zone, ZoneRevision, ZoneTable } from "./zone.js";

export const boxSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

export const tableSchema: z.ZodMiniType<ZoneTable> = z.object({
  rows: z.int().check(z.nonnegative()),
  columns: z.int().check(z.nonnegative()),
  cells: z.array(
    z.object({
      row: z.int().check(z.nonnegative()),
      column: z.int().check(z.nonnegative()),
      row_span: z.int().check(z.positive()),
      column_span: z.int().check(z.positive()),
      header: z.boolean(),
      content: z.string(),
      bbox: z.optional(z.nullable(boxSchema)),
    }),
  ),
});

export const itemsSchema: z.ZodMiniType<readonly ListItem[]> = z.array(
  z.object({
    level: z.int().check(z.gte(1), z.lte(7)),
    marker: z.nullable(z.string()),
    content: z.string(),
    bbox: z.optional(boxSchema),
  }),
);

type ZoneRow = Database["public"]["Tables"]["zones"]["Row"];
type RevisionRow = Database["public"]["Tables"]["zone_revisions"]["Row"];

/** What zones and their revisions are both made of. */
function body(row: ZoneRow | RevisionRow) {
  return {
    documentId: row.document_id,
    pageNumber: row.page_number,
    kind: row.kind,
    level: row.level,
    bbox: { x: row.bbox_x, y: row.bbox_y, width: row.bbox_width, height: row.bbox_height },
    readingOrder: row.reading_order,
    content: row.content,
    table: row.table === null ? null : read(tableSchema, row.table, "A table"),
    items: row.items === null ? null : read(itemsSchema, row.items, "A list"),
    edited: row.edited,
    confidence: row.confidence,
    origin: row.origin,
    revision: row.revision,
  };
}

export function zoneOf(row: ZoneRow): Zone {
  return { id: row.id, ...body(row), createdAt: row.created_at, updatedAt: row.updated_at };
}

export function revisionOf(row: RevisionRow): ZoneRevision {
  return {
    zoneId: row.zone_id,
    ...body(row),
    operation: row.operation === "delete" ? "delete" : "update",
    changedAt: row.changed_at,
    // A daemon saves what it read under an account of its own.
    changedBy: row.changed_by === row.owner ? "user" : "engine",
  };
}
