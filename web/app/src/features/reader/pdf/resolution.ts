import type { Size } from "../geometry/box";

/** More device pixels than this for a CSS pixel cannot be told apart, but have to be paid for. */
const SHARPEST = 2;
/** Pixels of one canvas at most: 48 MB. */
const MOST_PIXELS = 12_000_000;
/** Pixels of all canvases that are kept: about 100 MB, and half of it where memory is short. */
const BUDGET = 25_000_000;

/** Canvas pixels for something of that size in CSS pixels. */
export function canvasSize(css: Size, devicePixelRatio: number): Size {
  const sharp = Math.min(Math.max(devicePixelRatio, 1), SHARPEST);
  const limit = Math.sqrt(MOST_PIXELS / Math.max(css.width * css.height, 1));
  const ratio = Math.min(sharp, limit);
  return {
    width: Math.max(1, Math.round(css.width * ratio)),
    height: Math.max(1, Math.round(css.height * ratio)),
  };
}

/** Pixels of canvases to keep on a machine with so many GB. */
export function pixelBudget(deviceMemory: number | undefined): number {
  return deviceMemory !== undefined && deviceMemory <= 4 ? BUDGET / 2 : BUDGET;
}
