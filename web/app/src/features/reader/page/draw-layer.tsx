import type { Box } from "@zoned/client";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { boxBetween, type Point, roundBox } from "../geometry/box";
import { toPixels, toPoints } from "../geometry/rotation";
import { useDesk, useReaderParts } from "../state/reader-context";
import { boxAfterKey } from "./box-keys";
import type { Surface } from "./zone-layer";

/** Draws a new zone: by dragging, by clicking two corners, or with the keyboard. */
export function DrawLayer({ pageNumber, ...surface }: Surface & { pageNumber: number }) {
  const { page, scale, rotation } = surface;
  const { desk, edits } = useReaderParts();
  const draft = useDesk((state) => (state.draft?.pageNumber === pageNumber ? state.draft.bbox : null));
  const [corner, setCorner] = useState<Point | null>(null);
  const [pointer, setPointer] = useState<Point | null>(null);
  const box = corner && pointer ? boxBetween(corner, pointer, page) : null;

  const finish = (drawn: Box) => {
    setCorner(null);
    setPointer(null);
    const { drawAs, setTool } = desk.getState();
    setTool("select");
    void edits.draw(pageNumber, roundBox(drawn), drawAs);
  };

  const pointOf = (event: PointerEvent<HTMLElement>): Point => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return toPoints({ x: event.clientX - bounds.left, y: event.clientY - bounds.top }, page, rotation, scale);
  };

  return (
    <div
      data-draw-layer
      className="absolute inset-0 z-20 cursor-crosshair touch-none"
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const point = pointOf(event);
        setPointer(point);
        // A second click is the other corner.
        if (!corner) setCorner(point);
      }}
      onPointerMove={(event) => corner && setPointer(pointOf(event))}
      onPointerUp={(event) => {
        if (!corner) return;
        const drawn = boxBetween(corner, pointOf(event), page);
        if (drawn) finish(drawn);
      }}
      onPointerCancel={() => setCorner(null)}
    >
      {box && <Outline box={box} {...surface} />}
      {draft && <DraftBox box={draft} pageNumber={pageNumber} onDone={finish} {...surface} />}
    </div>
  );
}

function Outline({ box, page, scale, rotation }: Surface & { box: Box }) {
  const { x, y, width, height } = toPixels(box, page, rotation, scale);
  return (
    <div
      className="pointer-events-none absolute border-2 border-[#2c4fc4] border-dashed bg-[#2c4fc4]/10"
      style={{ left: x, top: y, width, height }}
    />
  );
}

function DraftBox({
  box,
  pageNumber,
  onDone,
  ...surface
}: Surface & { box: Box; pageNumber: number; onDone: (box: Box) => void }) {
  const setDraft = useDesk((state) => state.setDraft);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.focus(), []);
  const { x, y, width, height } = toPixels(box, surface.page, surface.rotation, surface.scale);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = boxAfterKey(box, event, surface.page);
    if (next) setDraft({ pageNumber, bbox: next });
    else if (event.key === "Enter") onDone(box);
    else if (event.key === "Escape") setDraft(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div
      ref={element}
      role="group"
      aria-label="New zone. Arrow keys move it, with Alt they size it, with Shift by ten points. Enter draws it, Escape gives up."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move it.
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.stopPropagation()}
      className="absolute border-2 border-[#2c4fc4] border-dashed bg-[#2c4fc4]/10"
      style={{ left: x, top: y, width, height }}
    />
  );
}
