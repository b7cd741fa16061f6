import type { Zone } from "@zoned/client";
import { useEffect, useRef } from "react";
import type { Size } from "../geometry/box";
import { turnedSize } from "../geometry/rotation";
import type { PdfSource } from "./pdf-source";

/** Canvas pixels for a point: twice what a page has at 100 %. */
const SHARPNESS = 2;
const MOST_PIXELS = 2_000_000;

/** What a zone covers, cut out of its page. */
export function FigurePicture({ source, zone, page }: { source: PdfSource; zone: Zone; page: Size }) {
  const host = useRef<HTMLDivElement>(null);
  const { id, pageNumber, bbox } = zone;
  const { x, y, width, height } = bbox;
  const upright = turnedSize(page, 0);
  const scale = Math.min(SHARPNESS, Math.sqrt(MOST_PIXELS / Math.max(width * height, 1)));

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let drawn: HTMLCanvasElement | undefined;
    const size = { width: Math.round(upright.width * scale), height: Math.round(upright.height * scale) };
    const timer = setTimeout(() => {
      source.drawPart(`part ${id}`, { pageNumber, size, rotation: 0 }, { x, y, width, height }).then(
        (canvas) => {
          drawn = canvas;
          canvas.className = "block h-auto max-w-full";
          canvas.style.width = `${(width * 4) / 3}px`;
          element.replaceChildren(canvas);
        },
        // Its alternative text stays.
        () => {},
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      source.cancelPart(`part ${id}`);
      element.replaceChildren();
      if (drawn) {
        drawn.width = 0;
        drawn.height = 0;
      }
    };
  }, [source, id, pageNumber, x, y, width, height, upright.width, upright.height, scale]);

  return (
    <div
      ref={host}
      aria-hidden
      className="max-w-full overflow-hidden rounded bg-white"
      style={{ aspectRatio: `${width} / ${height}`, width: `${(width * 4) / 3}px` }}
    />
  );
}
