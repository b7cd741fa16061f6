import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useReaderData, useReaderParts, useView } from "../state/reader-context";
import { useElementSize } from "../state/use-element-size";
import { PageContent } from "./page-content";
import { useContentScroll } from "./use-content-scroll";

/** What a page of text usually takes, in pixels, until it is measured. */
const USUAL_HEIGHT = 760;

/** The extracted content of all pages, in reading order. Only what is in sight is there. */
export function ContentPane() {
  const { panes } = useReaderParts();
  const { pages, document } = useReaderData();
  const isAlone = useView((view) => view.panes === "content");
  const container = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: pages.count,
    getScrollElement: () => container.current,
    estimateSize: () => USUAL_HEIGHT,
    overscan: 1,
  });
  useContentScroll(container, virtualizer, isAlone);
  const { height } = useElementSize(container);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a lower pane may have lost sight of the selected zone.
  useEffect(() => panes.reshaped("content"), [panes, height]);
  const lead = () => panes.lead("content");
  return (
    <section
      ref={container}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must be reached by the keyboard for that.
      tabIndex={0}
      aria-label={`Content of ${document.name}`}
      onPointerDown={lead}
      onWheel={lead}
      onTouchStart={lead}
      onKeyDown={lead}
      className="min-h-0 min-w-0 flex-1 overflow-y-auto overscroll-contain bg-surface outline-offset-[-2px] [overflow-anchor:none]"
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start: top }) => (
          <div
            key={index}
            ref={virtualizer.measureElement}
            data-index={index}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${top}px)` }}
          >
            <PageContent pageNumber={index + 1} />
          </div>
        ))}
      </div>
    </section>
  );
}
