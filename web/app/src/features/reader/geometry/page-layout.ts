import type { Zoom } from "@zoned/client/react";
import type { Size } from "./box";
import { type Rotation, turnedSize } from "./rotation";

/** A place in a document: a page, counted from 0, and how far down on it, 0 to 1. */
export interface Position {
  readonly index: number;
  readonly fraction: number;
}

/** Where every page is in the long column of pages, in pixels. */
export interface PageLayout {
  readonly tops: Float64Array;
  readonly heights: Float64Array;
  readonly widths: Float64Array;
  /** The widest page. */
  readonly width: number;
  readonly total: number;
  readonly scale: number;
}

/** Pixels between pages, and around them. */
export const PAGE_GAP = 16;

/** ISO A4, points: what a page is taken for while nobody knows. */
const A4: Size = { width: 595, height: 842 };
/** The PDF specification's default limits; a page with an absurd side must not make the column endless. */
const LONGEST_SIDE = 14_400;

/** A size for every page: pages not yet known are like the known page before them, or like the first that is known. */
export function completeSizes(count: number, known: ReadonlyMap<number, Size>): Size[] {
  const first = known.values().next().value ?? A4;
  const sizes: Size[] = [];
  for (let index = 0; index < count; index += 1) {
    const size = known.get(index);
    sizes.push(
      size && size.width > 0 && size.height > 0 ? limited(size) : (sizes[index - 1] ?? limited(first)),
    );
  }
  return sizes;
}

function limited({ width, height }: Size): Size {
  return {
    width: Math.min(Math.max(width, 1), LONGEST_SIDE),
    height: Math.min(Math.max(height, 1), LONGEST_SIDE),
  };
}

export function layoutPages(sizes: readonly Size[], scale: number, rotation: Rotation): PageLayout {
  const tops = new Float64Array(sizes.length);
  const heights = new Float64Array(sizes.length);
  const widths = new Float64Array(sizes.length);
  let top = PAGE_GAP;
  let width = 0;
  sizes.forEach((size, index) => {
    const turned = turnedSize(size, rotation);
    tops[index] = top;
    heights[index] = Math.round(turned.height * scale);
    widths[index] = Math.round(turned.width * scale);
    width = Math.max(width, widths[index] ?? 0);
    top += (heights[index] ?? 0) + PAGE_GAP;
  });
  return { tops, heights, widths, width, total: top, scale };
}

/** The page at an offset from the top of the column; a gap belongs to the page above it. */
export function pageAt({ tops }: PageLayout, offset: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}

export function positionAt(layout: PageLayout, offset: number): Position {
  const index = pageAt(layout, offset);
  const height = layout.heights[index] ?? 0;
  const fraction = height > 0 ? (offset - (layout.tops[index] ?? 0)) / height : 0;
  return { index, fraction: Math.min(Math.max(fraction, 0), 1) };
}

export function offsetOf(layout: PageLayout, { index, fraction }: Position): number {
  const within = Math.min(Math.max(index, 0), Math.max(layout.tops.length - 1, 0));
  return (layout.tops[within] ?? 0) + fraction * (layout.heights[within] ?? 0);
}

export const SMALLEST_SCALE = 0.1;
export const LARGEST_SCALE = 6;
const STEPS = [0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6];

export function limitScale(scale: number): number {
  return Math.min(Math.max(scale, SMALLEST_SCALE), LARGEST_SCALE);
}

/** The next larger (1) or smaller (-1) of the usual scales, in CSS pixels a point at 4/3. */
export function steppedScale(scale: number, direction: 1 | -1): number {
  const shown = percentOf(scale) / 100;
  const next =
    direction > 0
      ? STEPS.find((step) => step > shown + 0.005)
      : STEPS.findLast((step) => step < shown - 0.005);
  return limitScale((next ?? shown) * PIXELS_A_POINT);
}

/** CSS pixels (1/96 inch) in a point (1/72 inch): the scale at which a page has its printed size. */
export const PIXELS_A_POINT = 4 / 3;

/** A scale as people know it: 100 is the printed size. */
export function percentOf(scale: number): number {
  return Math.round((scale / PIXELS_A_POINT) * 100);
}

/** Pixels a point, for a page in a pane of that inner size. */
export function scaleOf(zoom: Zoom, page: Size, rotation: Rotation, pane: Size): number {
  if (typeof zoom === "number") return limitScale(zoom);
  const turned = turnedSize(page, rotation);
  const wide = Math.max(pane.width - 2 * PAGE_GAP, 40) / turned.width;
  if (zoom === "width") return limitScale(wide);
  return limitScale(Math.min(wide, Math.max(pane.height - 2 * PAGE_GAP, 40) / turned.height));
}
