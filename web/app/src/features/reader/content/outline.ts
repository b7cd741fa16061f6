import type { Zone } from "@zoned/client";

/** The level of a page's own heading. */
export const PAGE_LEVEL = 2;
const DEEPEST = 6;

/**
 * The level each heading of a page has for screen readers: below that of the page, in the document's own order, but never more than one
 * deeper than the heading before it, however the document was printed.
 */
export function outline(zones: readonly Pick<Zone, "id" | "kind" | "level">[]): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  let last = PAGE_LEVEL;
  for (const { id, kind, level } of zones) {
    if (kind !== "title" && kind !== "heading") continue;
    const wanted = PAGE_LEVEL + (kind === "title" ? 1 : Math.max(level ?? 1, 1));
    last = Math.min(wanted, last + 1, DEEPEST);
    levels.set(id, last);
  }
  return levels;
}
