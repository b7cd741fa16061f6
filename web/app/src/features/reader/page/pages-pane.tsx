import { useCallback, useEffect, useMemo, useRef } from "react";
import { layoutPages, PAGE_GAP, type Position, scaleOf } from "../geometry/page-layout";
import { usualSize } from "../geometry/usual-size";
import { useDesk, useReaderData, useReaderParts, useView } from "../state/reader-context";
import { useElementSize } from "../state/use-element-size";
import { DrawHint } from "./draw-hint";
import { PageFrame } from "./page-frame";
import { usePageScroll } from "./use-page-scroll";
import { useZoomGestures } from "./use-zoom-gestures";

/** The pages as printed, one below the other, with their zones drawn over them. Only those in sight are there. */
export function PagesPane() {
  const { panes, place } = useReaderParts();
  const { pages, document } = useReaderData();
  const container = useRef<HTMLDivElement>(null);
  const pane = useElementSize(container);
  const rotation = useDesk((state) => state.rotation);
  const tool = useDesk((state) => state.tool);
  const setScale = useDesk((state) => state.setScale);
  const zoom = useView((state) => state.zoom);
  const current = useView((state) => state.page);
  const { sizes } = pages;
  const usual = useMemo(() => usualSize(sizes), [sizes]);
  const scale = usual && pane.width > 0 ? scaleOf(zoom, usual, rotation, pane) : 0;
  const layout = useMemo(
    () => layoutPages(scale > 0 ? sizes : [], scale, rotation),
    [sizes, scale, rotation],
  );
  useEffect(() => setScale(scale), [setScale, scale]);
  const onPlace = useCallback((top: Position) => place.set(top), [place]);
  const { virtualizer, anchor } = usePageScroll({
    container,
    layout,
    sizes,
    rotation,
    start: place.get(),
    onPlace,
  });
  useZoomGestures(container, anchor, scale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a lower pane may have lost sight of the selected zone.
  useEffect(() => panes.reshaped("page"), [panes, pane.height]);
  const width = Math.max(layout.width + 2 * PAGE_GAP, pane.width);
  const lead = () => panes.lead("page");

  return (
    <section aria-label="Pages" className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      <section
        ref={container}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be reached by the keyboard for that.
        tabIndex={0}
        aria-label={`Pages of ${document.name}`}
        onPointerDown={lead}
        onWheel={lead}
        onTouchStart={lead}
        onKeyDown={lead}
        data-tool={tool}
        className="min-h-0 flex-1 touch-pan-x touch-pan-y overflow-auto overscroll-contain bg-sunken outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="relative" style={{ width, height: Math.max(layout.total, pane.height) }}>
          {virtualizer.getVirtualItems().map(({ index }) => {
            const size = sizes[index];
            if (!size || layout.heights[index] === undefined) return null;
            return (
              <PageFrame
                key={index}
                index={index}
                page={size}
                scale={layout.scale}
                rotation={rotation}
                top={layout.tops[index] ?? 0}
                left={(width - (layout.widths[index] ?? 0)) / 2}
                width={layout.widths[index] ?? 0}
                height={layout.heights[index] ?? 0}
                distance={Math.abs(index + 1 - current)}
              />
            );
          })}
        </div>
      </section>
      {tool === "draw" && <DrawHint />}
    </section>
  );
}
