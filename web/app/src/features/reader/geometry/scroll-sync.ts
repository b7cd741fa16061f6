/** One zone on both sides: pixels from the top of its page, and from the top of that page's content. */
export interface Anchor {
  readonly page: number;
  readonly content: number;
}

/**
 * The anchors that go down on both sides. Reading order jumps back up at each column: where that leaves too little of the
 * content behind an anchor, none are of use.
 */
export function usableAnchors(anchors: readonly Anchor[]): Anchor[] {
  const kept: Anchor[] = [];
  for (const anchor of anchors) {
    const last = kept.at(-1);
    if (!last || (anchor.page > last.page && anchor.content > last.content)) kept.push(anchor);
  }
  return kept.length * 2 >= anchors.length ? kept : [];
}

/** An offset on one side as the offset of the same place on the other: linear between the anchors and the ends. */
export function acrossPanes(
  from: "page" | "content",
  offset: number,
  anchors: readonly Anchor[],
  heights: Anchor,
): number {
  const to = from === "page" ? "content" : "page";
  const points = [{ page: 0, content: 0 }, ...usableAnchors(anchors), heights];
  const end = points.findIndex((point) => point[from] > offset);
  if (end === -1) return heights[to];
  if (end === 0) return 0;
  const before = points[end - 1] ?? heights;
  const after = points[end] ?? heights;
  const share = (offset - before[from]) / (after[from] - before[from]);
  return before[to] + share * (after[to] - before[to]);
}
