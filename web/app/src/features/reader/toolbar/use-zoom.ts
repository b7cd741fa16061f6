import type { Zoom } from "@zoned/client/react";
import { PIXELS_A_POINT, steppedScale } from "../geometry/page-layout";
import { useDesk, useReaderParts, useView } from "../state/reader-context";

/** The zoom as it is shown, and what changes it. */
export function useZoom() {
  const { view } = useReaderParts();
  const zoom = useView((state) => state.zoom);
  const scale = useDesk((state) => state.scale);
  const set = (next: Zoom) => view.getState().setZoom(next);
  return {
    zoom,
    scale,
    set,
    step: (direction: 1 | -1) => set(steppedScale(scale || PIXELS_A_POINT, direction)),
    reset: () => set(PIXELS_A_POINT),
  };
}
