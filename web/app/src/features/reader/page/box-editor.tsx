import type { Box, Zone } from "@zoned/client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { KINDS } from "@/theme/kinds";
import { kindInWords } from "../editing/describe-zone";
import { useZoneActions } from "../editing/use-zone-actions";
import { handlesFor, roundBox, sameBox } from "../geometry/box";
import { toPixels } from "../geometry/rotation";
import { useReaderParts, useView } from "../state/reader-context";
import { boxAfterKey } from "./box-keys";
import { useBoxDrag } from "./use-box-drag";
import type { Surface } from "./zone-layer";

/** Moves and sizes the selected zone of a page: by its handles, or with the arrow keys once it has the focus. */
export function BoxEditor({ zones, ...surface }: Surface & { zones: readonly Zone[] }) {
  const id = useView((state) => state.selected[0]);
  const zone = zones.find((each) => each.id === id);
  return zone ? <EditedBox key={zone.id} zone={zone} {...surface} /> : null;
}

/** Arrow keys pressed within this time, in milliseconds, are one edit. */
const GATHER = 600;
const PLACES: Record<string, string> = { n: "top-0", s: "top-full", w: "left-0", e: "left-full" };

function EditedBox({ zone, ...surface }: Surface & { zone: Zone }) {
  const { edits } = useReaderParts();
  const actions = useZoneActions();
  const [nudged, setNudged] = useState<Box | null>(null);
  const pending = useRef<{ box: Box; timer: ReturnType<typeof setTimeout> } | null>(null);
  const latest = useRef(zone);
  latest.current = zone;
  const save = (box: Box) => {
    const bbox = roundBox(box);
    if (!sameBox(bbox, latest.current.bbox)) void edits.edit(latest.current, { bbox }, "move a zone");
  };
  const drag = useBoxDrag(zone.bbox, surface, save);

  const settle = useRef(() => {});
  settle.current = () => {
    const waiting = pending.current;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    pending.current = null;
    setNudged(null);
    save(waiting.box);
  };
  useEffect(() => () => settle.current(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && (drag.cancel() || pending.current)) {
      if (pending.current) clearTimeout(pending.current.timer);
      pending.current = null;
      setNudged(null);
      event.stopPropagation();
      return;
    }
    const box = boxAfterKey(pending.current?.box ?? zone.bbox, event, surface.page);
    if (!box) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(pending.current?.timer);
    pending.current = { box, timer: setTimeout(() => settle.current(), GATHER) };
    setNudged(box);
  };

  const box = toPixels(drag.draft ?? nudged ?? zone.bbox, surface.page, surface.rotation, surface.scale);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div
      role="group"
      aria-label={`Box of the ${kindInWords(zone).toLowerCase()}. Arrow keys move it, with Alt they size it, with Shift by ten points.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move it.
      tabIndex={0}
      data-box-editor
      onKeyDown={onKeyDown}
      onBlur={() => settle.current()}
      onDoubleClick={() => actions.edit(zone)}
      className="absolute z-10 outline-offset-4"
      style={{
        left: box.x,
        top: box.y,
        width: box.width,
        height: box.height,
        ["--zone" as string]: KINDS[zone.kind].color,
      }}
    >
      <div
        className="absolute inset-0 cursor-move touch-none border-2"
        style={{ borderColor: "oklch(from var(--zone) min(l, 0.58) c h)" }}
        onPointerDown={drag.start(null)}
        onPointerMove={drag.move}
        onPointerUp={drag.end}
        onPointerCancel={drag.cancel}
      />
      {handlesFor(box).map((handle) => (
        <div
          key={handle}
          data-handle={handle}
          className={`box-handle ${[...handle].map((edge) => PLACES[edge]).join(" ")} ${handle.length === 1 ? (handle === "n" || handle === "s" ? "left-1/2" : "top-1/2") : ""}`}
          style={{ cursor: `${handle}-resize` }}
          onPointerDown={drag.start(handle)}
          onPointerMove={drag.move}
          onPointerUp={drag.end}
          onPointerCancel={drag.cancel}
        />
      ))}
    </div>
  );
}
