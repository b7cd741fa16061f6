import type { Box } from "@zoned/client";
import { moveBox, resizeBox, type Size } from "../geometry/box";

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A box after an arrow key: moved, or with Alt made larger or smaller; by one point, with Shift by ten. Null for other keys. */
export function boxAfterKey(
  box: Box,
  event: Pick<KeyboardEvent, "key" | "altKey" | "shiftKey">,
  page: Size,
): Box | null {
  const arrow = ARROWS[event.key];
  if (!arrow) return null;
  const step = event.shiftKey ? 10 : 1;
  const [dx, dy] = [arrow[0] * step, arrow[1] * step];
  return event.altKey ? resizeBox(box, "se", dx, dy, page) : moveBox(box, dx, dy, page);
}
