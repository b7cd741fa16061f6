import { type RefObject, useEffect, useRef } from "react";
import { limitScale } from "../geometry/page-layout";
import { useReaderParts } from "../state/reader-context";

/** How much a pixel of a wheel turned with Ctrl zooms; trackpads report pinching that way, in small steps. */
const WHEEL_SPEED = 0.006;
const MOST_AT_ONCE = 60;

/** Zooms about the pointer with Ctrl and the wheel, by pinching on a trackpad, and with two fingers on a touch screen. */
export function useZoomGestures(
  container: RefObject<HTMLDivElement | null>,
  anchor: RefObject<{ x: number; y: number } | null>,
  scale: number,
): void {
  const { view } = useReaderParts();
  const latest = useRef(scale);
  latest.current = scale;

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const zoomAbout = (x: number, y: number, next: number) => {
      const bounds = element.getBoundingClientRect();
      anchor.current = { x: x - bounds.left, y: y - bounds.top };
      latest.current = limitScale(next);
      view.getState().setZoom(latest.current);
    };
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
      const turned = Math.min(Math.max(pixels, -MOST_AT_ONCE), MOST_AT_ONCE);
      zoomAbout(event.clientX, event.clientY, latest.current * Math.exp(-turned * WHEEL_SPEED));
    };
    let pinch: { distance: number; scale: number } | null = null;
    const span = ({ touches: [one, other] }: TouchEvent) =>
      one && other
        ? {
            distance: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
            x: (one.clientX + other.clientX) / 2,
            y: (one.clientY + other.clientY) / 2,
          }
        : null;
    const onTouchStart = (event: TouchEvent) => {
      const fingers = span(event);
      pinch =
        fingers && event.touches.length === 2 ? { distance: fingers.distance, scale: latest.current } : null;
    };
    const onTouchMove = (event: TouchEvent) => {
      const fingers = span(event);
      if (!pinch || !fingers) return;
      event.preventDefault();
      zoomAbout(fingers.x, fingers.y, (pinch.scale * fingers.distance) / Math.max(pinch.distance, 1));
    };
    const onTouchEnd = () => {
      pinch = null;
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("touchstart", onTouchStart, { passive: true });
    element.addEventListener("touchmove", onTouchMove, { passive: false });
    element.addEventListener("touchend", onTouchEnd, { passive: true });
    return () => {
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("touchstart", onTouchStart);
      element.removeEventListener("touchmove", onTouchMove);
      element.removeEventListener("touchend", onTouchEnd);
    };
  }, [container, anchor, view]);
}
