import * as z from "zod/mini";
import { type Answer, answered, type CallOptions } from "./context.js";
import { ZonedError } from "./error.js";

/** Rows the server gives at most in one answer. */
export const ROWS_AT_ONCE = 1000;

/** A slice of a list. */
export interface Slice<Item> {
  readonly items: readonly Item[];
  /** Pass it to get the next slice; null at the end. */
  readonly nextCursor: string | null;
}

const cursorSchema = z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]);
/** The ordered column's value in the last row, and the row's id. */
export type Position = z.infer<typeof cursorSchema>;

function cursorAt(position: Position): string {
  return encodeURIComponent(JSON.stringify(position));
}

export function positionOf(cursor: string): Position {
  try {
    return cursorSchema.parse(JSON.parse(decodeURIComponent(cursor)));
  } catch (cause) {
    throw new ZonedError({ code: "invalid", message: "The cursor is not one that a list gave.", cause });
  }
}

/**
 * The filter, in PostgREST's syntax, of rows that follow a position: those with a later value, those with the same value
 * and a later id, and those without a value, which come last.
 */
export function following(column: string, descending: boolean, [value, id]: Position): string {
  const beyond = descending ? "lt" : "gt";
  const sameValue = value === null ? `${column}.is.null` : `${column}.eq.${quoted(value)}`;
  const parts = [`and(${sameValue},id.${beyond}.${quoted(id)})`];
  if (value !== null) parts.push(`${column}.${beyond}.${quoted(value)}`, `${column}.is.null`);
  return parts.join(",");
}

function quoted(value: string | number): string {
  return `"${String(value).replace(/[\\"]/g, "\\$&")}"`;
}

/** Rows that a slice has when asked for so many. */
export function sliceSize(asked = 50): number {
  return Math.min(Math.max(Math.trunc(asked), 1), 200);
}

/** A slice of a list of which one row more than the slice has was asked for, which tells whether there are more. */
export function sliceOf<Row, Item>(
  rows: readonly Row[],
  size: number,
  itemOf: (row: Row) => Item,
  positionIn: (row: Row) => Position,
): Slice<Item> {
  const last = rows.length > size ? rows[size - 1] : undefined;
  return {
    items: rows.slice(0, size).map(itemOf),
    nextCursor: last === undefined ? null : cursorAt(positionIn(last)),
  };
}

/** A request for rows of a table, as supabase-js makes them. */
interface RowsRequest<Row> extends PromiseLike<Answer<Row[] | null>> {
  or(filters: string): RowsRequest<Row>;
  order(column: string, options: { readonly ascending: boolean }): RowsRequest<Row>;
  limit(count: number): RowsRequest<Row>;
}

/** Which slice of a list is wanted. */
interface SliceWish extends CallOptions {
  /** Items a slice has; 50 when not given. */
  readonly pageSize?: number | undefined;
  /** What the slice before gave; the first slice when not given. */
  readonly cursor?: string | null | undefined;
}

/** A slice of the rows of a table that say when they were made, the latest first. */
export async function latestFirst<Row extends { readonly created_at: string; readonly id: string }, Item>(
  request: RowsRequest<Row>,
  itemOf: (row: Row) => Item,
  { pageSize, cursor, signal }: SliceWish,
): Promise<Slice<Item>> {
  const size = sliceSize(pageSize);
  const wanted = cursor ? request.or(following("created_at", true, positionOf(cursor))) : request;
  const ordered = wanted.order("created_at", { ascending: false }).order("id", { ascending: false });
  const rows = await answered(ordered.limit(size + 1), { signal });
  return sliceOf(rows, size, itemOf, (row) => [row.created_at, row.id]);
}

/** Splits a list for calls that take a limited number. */
export function chunked<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
