import type { Zone } from "@zoned/client";
import { memo, useMemo } from "react";
import { KINDS } from "@/theme/kinds";
import { useZoneActions } from "../editing/use-zone-actions";
import type { Size } from "../geometry/box";
import { type Rotation, toPixels } from "../geometry/rotation";
import { useReaderParts, useView } from "../state/reader-context";
import { strengthOf } from "../state/zone-filter";

export interface Surface {
  /** The page in points, upright. */
  page: Size;
  /** Pixels a point. */
  scale: number;
  rotation: Rotation;
}

/**
 * The zones of a page as boxes to point at. Hidden from screen readers and out of the keyboard's way: the pane beside it has every
 * zone as text, in order.
 */
export function ZoneLayer({ zones, ...surface }: Surface & { zones: readonly Zone[] }) {
  // Small zones lie above the large ones they may be inside of.
  const stacked = useMemo(() => [...zones].sort((one, other) => area(other) - area(one)), [zones]);
  return (
    <div aria-hidden className="absolute inset-0">
      {stacked.map((zone) => (
        <ZoneBox key={zone.id} zone={zone} {...surface} />
      ))}
    </div>
  );
}

const area = ({ bbox }: Zone) => bbox.width * bbox.height;

const ZoneBox = memo(function ZoneBox({ zone, page, scale, rotation }: Surface & { zone: Zone }) {
  const { view, panes } = useReaderParts();
  const actions = useZoneActions();
  const isHovered = useView((state) => state.hovered === zone.id);
  const isSelected = useView((state) => state.selected.includes(zone.id));
  const box = toPixels(zone.bbox, page, rotation, scale);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same can be done by the keyboard in the pane beside it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      data-zone-box={zone.id}
      data-state={isSelected ? "selected" : isHovered ? "hovered" : "idle"}
      className="zone-box absolute cursor-pointer"
      style={{
        left: box.x,
        top: box.y,
        width: box.width,
        height: box.height,
        ["--zone" as string]: KINDS[zone.kind].color,
        ["--strength" as string]: strengthOf(zone.confidence),
      }}
      onPointerEnter={() => view.getState().hover(zone.id)}
      onPointerLeave={() => view.getState().hover(null)}
      onClick={() => {
        view.getState().select([zone.id]);
        panes.reveal(zone, "page");
      }}
      onDoubleClick={() => actions.edit(zone)}
    />
  );
});
