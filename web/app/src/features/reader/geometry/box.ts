import type { Box } from "@zoned/client";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Which edges of a box a drag moves. */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof HANDLES)[number];

/** Pixels that a side needs for a handle in its middle to be told apart from those at its ends. */
const ROOM = 44;

/** The handles there is room for on a box of that size in pixels. */
export function handlesFor({ width, height }: Size): readonly Handle[] {
  const isFlat = height < ROOM / 2;
  const isNarrow = width < ROOM / 2;
  return HANDLES.filter((handle) => {
    if (handle === "n" || handle === "s") return width >= ROOM && !isFlat;
    if (handle === "e" || handle === "w") return height >= ROOM || (isFlat && !isNarrow);
    // On a line of text the ends are enough: its corners would cover it.
    return !isFlat && !isNarrow
      ? true
      : isFlat && isNarrow
        ? handle === "se"
        : isNarrow
          ? handle === "se" || handle === "nw"
          : false;
  });
}

/** No side of a box may be shorter, in points: smaller ones could not be taken hold of again. */
export const MINIMUM_SIDE = 4;

const clamp = (value: number, low: number, high: number) =>
  Math.min(Math.max(value, low), Math.max(low, high));

/** Moves a box without letting it leave the page. */
export function moveBox(box: Box, dx: number, dy: number, page: Size): Box {
  return {
    ...box,
    x: clamp(box.x + dx, 0, page.width - box.width),
    y: clamp(box.y + dy, 0, page.height - box.height),
  };
}

/** Moves the edges that a handle names; the others stay. No side becomes shorter than the minimum or leaves the page. */
export function resizeBox(box: Box, handle: Handle, dx: number, dy: number, page: Size): Box {
  let left = box.x;
  let top = box.y;
  let right = box.x + box.width;
  let bottom = box.y + box.height;
  if (handle.includes("w")) left = clamp(left + dx, Math.min(0, left), right - MINIMUM_SIDE);
  if (handle.includes("e")) right = clamp(right + dx, left + MINIMUM_SIDE, Math.max(page.width, right));
  if (handle.includes("n")) top = clamp(top + dy, Math.min(0, top), bottom - MINIMUM_SIDE);
  if (handle.includes("s")) bottom = clamp(bottom + dy, top + MINIMUM_SIDE, Math.max(page.height, bottom));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The box between two corners, cut to the page; null when it is too small to have been meant. */
export function boxBetween(from: Point, to: Point, page: Size): Box | null {
  const left = clamp(Math.min(from.x, to.x), 0, page.width);
  const top = clamp(Math.min(from.y, to.y), 0, page.height);
  const width = clamp(Math.max(from.x, to.x), 0, page.width) - left;
  const height = clamp(Math.max(from.y, to.y), 0, page.height) - top;
  return width < MINIMUM_SIDE || height < MINIMUM_SIDE ? null : { x: left, y: top, width, height };
}

/** To a hundredth of a point: finer than any screen shows, and short to store. */
export function roundBox(box: Box): Box {
  const round = (value: number) => Math.round(value * 100) / 100;
  return { x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) };
}

/** Whether two boxes are the same once rounded. */
export function sameBox(one: Box, other: Box): boolean {
  const a = roundBox(one);
  const b = roundBox(other);
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
