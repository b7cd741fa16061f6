import type { Zone } from "@zoned/client";

/** One item of a list, as it is shown. */
export interface ShownItem {
  readonly text: string;
  /** From 0. */
  readonly depth: number;
  /** Its number or letter as printed, with its dot or bracket; null when it has a bullet. */
  readonly marker: string | null;
}

/** The items of a list: those the engine told apart, or else what its text looks like. */
export function itemsOf({ items, content }: Pick<Zone, "items" | "content">): ShownItem[] {
  if (!items) return parseList(content);
  return items.map(({ level, marker, content: text }) => ({
    text,
    depth: level - 1,
    // Bullets are drawn alike, whatever they were on the page.
    marker: marker !== null && /[\p{L}\p{N}]/u.test(marker) ? marker : null,
  }));
}

const BULLET = /^(\s*)[•◦‣⁃∙·▪▫■□●○◆◇►▸✓✔–—*-]\s+/u;
const NUMBER =
  /^(\s*)((?:\(?(?:\d{1,4}(?:\.\d{1,3})*|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)])|\d{1,3}(?:\.\d{1,3})+)\s+/u;
/** Spaces that are one level deeper. */
const INDENT = 2;

/** The items of a list's text: a line each, with the bullet or number it has on the page. */
export function parseList(content: string): ShownItem[] {
  const items: ShownItem[] = [];
  for (const line of content.split("\n")) {
    if (line.trim() === "") continue;
    const match = BULLET.exec(line) ?? NUMBER.exec(line);
    const last = items.at(-1);
    if (match) {
      const depth = Math.min(Math.floor((match[1] ?? "").replace(/\t/g, "  ").length / INDENT), 5);
      items.push({ text: line.slice(match[0].length), depth, marker: match[2] ?? null });
    } else if (last) {
      items[items.length - 1] = { ...last, text: `${last.text}\n${line.trim()}` };
    } else {
      items.push({ text: line.trim(), depth: 0, marker: null });
    }
  }
  return items;
}
