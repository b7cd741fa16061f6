import type { Box } from "@zoned/client";
import { type PointerEvent, useCallback, useRef, useState } from "react";
import { type Handle, moveBox, resizeBox } from "../geometry/box";
import { turnBox, turnedSize, unturnBox } from "../geometry/rotation";
import type { Surface } from "./zone-layer";

/** A drag shorter than this, in pixels, was a click. */
const SLIP = 3;

/** Drags a box, or one of its handles, with the pointer. `draft` is where it is while that lasts; Escape gives up. */
export function useBoxDrag(box: Box, { page, scale, rotation }: Surface, onDone: (box: Box) => void) {
  const [draft, setDraft] = useState<Box | null>(null);
  const drag = useRef<{ x: number; y: number; handle: Handle | null; moved: boolean } | null>(null);

  const at = (event: PointerEvent): Box | null => {
    const from = drag.current;
    if (!from) return null;
    const dx = (event.clientX - from.x) / scale;
    const dy = (event.clientY - from.y) / scale;
    // Handles are those seen on the turned page.
    const turned = turnBox(box, page, rotation);
    const size = turnedSize(page, rotation);
    const next = from.handle ? resizeBox(turned, from.handle, dx, dy, size) : moveBox(turned, dx, dy, size);
    return unturnBox(next, page, rotation);
  };

  const start = (handle: Handle | null) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, handle, moved: false };
  };

  const move = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) return;
    from.moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP;
    if (from.moved) setDraft(at(event));
  };

  const end = (event: PointerEvent) => {
    const moved = drag.current?.moved;
    const next = at(event);
    drag.current = null;
    setDraft(null);
    if (moved && next) onDone(next);
  };

  const cancel = useCallback(() => {
    const wasDragging = drag.current !== null;
    drag.current = null;
    setDraft(null);
    return wasDragging;
  }, []);

  return { draft, start, move, end, cancel };
}
