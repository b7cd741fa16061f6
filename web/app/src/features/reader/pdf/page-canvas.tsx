import { useEffect, useRef, useState } from "react";
import type { Size } from "../geometry/box";
import type { Rotation } from "../geometry/rotation";
import type { PdfSource } from "./pdf-source";
import { canvasSize } from "./resolution";

interface PageCanvasProps {
  source: PdfSource;
  pageNumber: number;
  /** CSS pixels of the turned page. */
  size: Size;
  rotation: Rotation;
  /** Lower is drawn earlier. */
  priority: number;
}

/** A page that only flies by is not drawn, nor one at every step of a zoom. */
const PAUSE = 70;

/** The picture of a page. What was drawn before is shown, stretched, until it is there. */
export function PageCanvas({ source, pageNumber, size, rotation, priority }: PageCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const latestPriority = useRef(priority);
  latestPriority.current = priority;
  const [failed, setFailed] = useState(false);
  const { width, height } = size;

  useEffect(() => {
    source.canvases.use(pageNumber, true);
    return () => {
      source.cancel(pageNumber);
      source.canvases.use(pageNumber, false);
    };
  }, [source, pageNumber]);

  useEffect(() => source.prioritise(pageNumber, priority), [source, pageNumber, priority]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const wanted = canvasSize({ width, height }, devicePixelRatio);
    const kept = source.canvases.get(pageNumber);
    const isUpright = kept?.dataset["rotation"] === String(rotation);
    if (kept && isUpright) element.replaceChildren(kept);
    else element.replaceChildren();
    if (kept && isUpright && kept.width === wanted.width) return;
    const timer = setTimeout(() => {
      source.draw({ pageNumber, size: wanted, rotation }, latestPriority.current).then(
        (canvas) => {
          canvas.dataset["rotation"] = String(rotation);
          canvas.className = "block size-full";
          element.replaceChildren(canvas);
          source.canvases.put(pageNumber, canvas);
          setFailed(false);
        },
        (error: unknown) => {
          const { name } = error as Error;
          if (name !== "AbortError" && name !== "RenderingCancelledException") setFailed(true);
        },
      );
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [source, pageNumber, width, height, rotation]);

  return (
    <>
      <div ref={host} aria-hidden className="absolute inset-0 overflow-hidden" />
      {failed && (
        <p className="absolute inset-x-0 top-0 bg-warning-soft px-3 py-1.5 text-center text-warning">
          The picture of this page cannot be drawn.
        </p>
      )}
    </>
  );
}
