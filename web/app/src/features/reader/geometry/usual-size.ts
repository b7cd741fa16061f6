import type { Size } from "./box";

/** The size most pages have: what "fit" goes by, so that the zoom does not change with every page. */
export function usualSize(sizes: readonly Size[]): Size | null {
  const counts = new Map<string, { size: Size; count: number }>();
  for (const size of sizes) {
    const key = `${Math.round(size.width)} ${Math.round(size.height)}`;
    const entry = counts.get(key) ?? { size, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  let usual: { size: Size; count: number } | null = null;
  for (const entry of counts.values()) if (!usual || entry.count > usual.count) usual = entry;
  return usual?.size ?? null;
}
