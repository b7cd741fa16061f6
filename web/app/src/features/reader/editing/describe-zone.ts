import type { Zone, ZoneChange, ZoneRevision } from "@zoned/client";
import { formatCount } from "@/format";
import { KINDS } from "@/theme/kinds";
import { sameBox } from "../geometry/box";

type Body = Pick<
  Zone | ZoneRevision,
  "kind" | "level" | "bbox" | "content" | "table" | "items" | "readingOrder"
>;

/** A zone's kind in words, with the level of a heading. */
export function kindInWords({ kind, level }: Pick<Body, "kind" | "level">): string {
  const { label } = KINDS[kind];
  return kind === "heading" && level ? `${label} ${level}` : label;
}

/** The first words of a zone. */
export function excerpt(content: string, length = 80): string {
  const line = content.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}

/** A box in words, in points. */
export function boxInWords({ x, y, width, height }: Body["bbox"]): string {
  const round = (value: number) => Math.round(value);
  return `${round(width)} × ${round(height)} pt at ${round(x)}, ${round(y)}`;
}

/** One thing that differs between two versions of a zone. */
export interface Difference {
  readonly what: "kind" | "text" | "box" | "order" | "table" | "items";
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** What differs between two versions of a zone. */
export function differences(before: Body, after: Body): Difference[] {
  const found: Difference[] = [];
  const add = (what: Difference["what"], label: string, from: string, to: string) =>
    found.push({ what, label, before: from, after: to });
  if (kindInWords(before) !== kindInWords(after) || before.level !== after.level) {
    add("kind", "Kind", kindInWords(before), kindInWords(after));
  }
  if (before.content !== after.content) add("text", "Text", before.content, after.content);
  if (!sameBox(before.bbox, after.bbox)) add("box", "Box", boxInWords(before.bbox), boxInWords(after.bbox));
  if (before.readingOrder !== after.readingOrder) {
    add("order", "Place in the order", String(before.readingOrder + 1), String(after.readingOrder + 1));
  }
  const cells = JSON.stringify(before.table?.cells ?? null) !== JSON.stringify(after.table?.cells ?? null);
  if (cells && before.content === after.content) add("table", "Cells", shape(before), shape(after));
  const items = JSON.stringify(before.items) !== JSON.stringify(after.items);
  if (items && before.content === after.content) add("items", "Items", itemCount(before), itemCount(after));
  return found;
}

function itemCount({ items }: Body): string {
  return items ? formatCount(items.length, "item") : "no items";
}

function shape({ table }: Body): string {
  return table ? `${table.rows} rows, ${table.columns} columns, ${table.cells.length} cells` : "no cells";
}

/** A zone with a change applied, for looking at. */
export function changed(zone: Zone, change: ZoneChange): Zone {
  return {
    ...zone,
    kind: change.kind ?? zone.kind,
    level: change.level === undefined ? zone.level : change.level,
    bbox: change.bbox ?? zone.bbox,
    content: change.content ?? zone.content,
    table: change.table === undefined ? zone.table : change.table,
  };
}
