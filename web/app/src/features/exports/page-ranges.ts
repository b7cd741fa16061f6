/** What somebody typed as pages: an error in words, or how many pages of the document it names. */
export type PageRanges = { readonly error: string } | { readonly error: null; readonly count: number };

/** Checks text like `1-3, 7, 12-`. Empty means all pages. */
export function checkPageRanges(text: string, pageCount: number): PageRanges {
  if (text.trim() === "") return { error: null, count: pageCount };
  const pages = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^\s*(?:(\d+)|(\d+)\s*-\s*(\d*)|-\s*(\d+))\s*$/.exec(part);
    if (!match) return { error: "Write pages like 1-3, 7, 12-." };
    const [, single, from, to, until] = match;
    const first = Number(single ?? from ?? 1);
    const last = Number(single ?? (to || undefined) ?? until ?? pageCount);
    if (first < 1 || (single ?? to ?? until) === "0") return { error: "Pages are counted from 1." };
    if (first > last && from !== undefined && to !== "") return { error: `${part.trim()} goes backwards.` };
    if (first > pageCount) return { error: `The document has ${pageCount} pages.` };
    for (let page = first; page <= Math.min(last, pageCount); page += 1) pages.add(page);
  }
  return { error: null, count: pages.size };
}
