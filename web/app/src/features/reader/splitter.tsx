import { type KeyboardEvent, type PointerEvent, type RefObject, useRef } from "react";
import { useView } from "./state/reader-context";

const STEP = 0.02;

/** The line between the panes. It can be dragged, and moved with the arrow keys; a double click puts it in the middle. */
export function Splitter({ frame, stacked }: { frame: RefObject<HTMLElement | null>; stacked: boolean }) {
  const split = useView((state) => state.split);
  const setSplit = useView((state) => state.setSplit);
  const dragging = useRef(false);

  const drag = (event: PointerEvent) => {
    const bounds = frame.current?.getBoundingClientRect();
    if (!dragging.current || !bounds) return;
    setSplit(
      stacked ? (event.clientY - bounds.top) / bounds.height : (event.clientX - bounds.left) / bounds.width,
    );
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (direction) setSplit(split + direction * STEP);
    else if (event.key === "Home") setSplit(0);
    else if (event.key === "End") setSplit(1);
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: <hr> cannot be moved.
    <div
      role="separator"
      aria-label="Width of the panes"
      aria-orientation={stacked ? "horizontal" : "vertical"}
      aria-valuenow={Math.round(split * 100)}
      aria-valuemin={15}
      aria-valuemax={85}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={() => setSplit(0.5)}
      onPointerDown={(event) => {
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onPointerCancel={() => {
        dragging.current = false;
      }}
      className={`relative z-10 shrink-0 touch-none bg-line transition-colors hover:bg-accent focus-visible:bg-accent ${
        stacked
          ? "h-px cursor-row-resize before:absolute before:inset-x-0 before:-inset-y-3"
          : "w-px cursor-col-resize before:absolute before:-inset-x-3 before:inset-y-0"
      }`}
    />
  );
}
