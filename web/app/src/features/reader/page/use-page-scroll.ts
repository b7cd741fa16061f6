import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import type { Zone } from "@zoned/client";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Size } from "../geometry/box";
import { offsetOf, PAGE_GAP, type PageLayout, type Position, positionAt } from "../geometry/page-layout";
import { type Rotation, toPixels } from "../geometry/rotation";
import { useReaderParts } from "../state/reader-context";

interface PageScroll {
  readonly container: RefObject<HTMLDivElement | null>;
  readonly layout: PageLayout;
  readonly sizes: readonly Size[];
  readonly rotation: Rotation;
  /** Where to begin, the first time there is something to scroll. */
  readonly start: Position;
  /** Called when a place has come to the top. */
  readonly onPlace: (place: Position) => void;
}

export type PageVirtualizer = Virtualizer<HTMLDivElement, Element>;

/** How far down the pane the page is that counts as the current one. */
const EYE = 1 / 3;

/** What was where when the pages were laid out or scrolled last. */
interface Placed {
  readonly layout: PageLayout;
  /** Width of the column that the pages are in the middle of. */
  readonly column: number;
  pane: Size;
  left: number;
  top: number;
}

const paneOf = ({ clientWidth: width, clientHeight: height }: Element): Size => ({ width, height });

/** Where in a pane one looks. */
const eyeOf = ({ width, height }: Size) => ({ x: width / 2, y: height * EYE });

/**
 * Scrolls the column of pages: which are in sight, what stays in place when the zoom changes, and what other parts of the reader
 * ask for. Give `anchor` the point, in pixels from the pane's top left, that the next change of the zoom is about.
 */
export function usePageScroll({ container, layout, sizes, rotation, start, onPlace }: PageScroll) {
  const { panes, view } = useReaderParts();
  const anchor = useRef<{ x: number; y: number } | null>(null);
  const before = useRef<Placed | null>(null);
  const begun = useRef(false);
  const latest = useRef({ layout, sizes, rotation, onPlace });
  latest.current = { layout, sizes, rotation, onPlace };

  const virtualizer: PageVirtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: layout.heights.length,
    getScrollElement: () => container.current,
    estimateSize: (index) => (layout.heights[index] ?? 0) + PAGE_GAP,
    paddingStart: PAGE_GAP,
    overscan: 1,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is in place stays there whenever the layout changes.
  useLayoutEffect(() => {
    virtualizer.measure();
    const element = container.current;
    if (!element || layout.heights.length === 0 || element.clientHeight === 0) return;
    const old = before.current;
    const column = Math.max(layout.width + 2 * PAGE_GAP, element.clientWidth);
    if (!begun.current) {
      // Pages still come in: the place left off at may be further down.
      if (start.index < layout.heights.length) {
        begun.current = true;
        element.scrollLeft = (column - element.clientWidth) / 2;
        element.scrollTop = offsetOf(layout, start) - (start.fraction === 0 ? PAGE_GAP : 0);
      }
    } else if (old && old.layout !== layout) {
      // The pane may have another size than before, and its eye another place.
      const from = anchor.current ?? eyeOf(old.pane);
      const to = anchor.current ?? eyeOf(paneOf(element));
      element.scrollTop = offsetOf(layout, positionAt(old.layout, old.top + from.y)) - to.y;
      // Pages are in the middle of the column: that is where they grow from.
      const fromMiddle = (old.left + from.x - old.column / 2) * (layout.scale / old.layout.scale);
      element.scrollLeft = column / 2 + fromMiddle - to.x;
    }
    if (begun.current) panes.reshaped("page");
    anchor.current = null;
    const { scrollLeft: left, scrollTop: top } = element;
    before.current = { layout, column, pane: paneOf(element), left, top };
  }, [layout]);

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    let frame = 0;
    const onScroll = () => {
      if (before.current) {
        before.current.left = element.scrollLeft;
        before.current.top = element.scrollTop;
        before.current.pane = paneOf(element);
      }
      if (frame) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        const now = latest.current;
        if (now.layout.heights.length === 0) return;
        const { scrollTop, clientHeight, scrollHeight } = element;
        const page = positionAt(now.layout, scrollTop + clientHeight * EYE).index + 1;
        if (view.getState().page !== page) view.getState().goTo(page);
        const most = Math.max(scrollHeight - clientHeight, 1);
        panes.moved("page", positionAt(now.layout, scrollTop + (clientHeight * scrollTop) / most));
        now.onPlace(positionAt(now.layout, scrollTop));
      });
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", onScroll);
    };
  }, [container, panes, view]);

  useEffect(
    () =>
      panes.add("page", {
        follow: (place) => {
          const element = container.current;
          if (!element) return;
          const { clientHeight, scrollHeight } = element;
          element.scrollTop =
            (offsetOf(latest.current.layout, place) * (scrollHeight - clientHeight)) / scrollHeight;
        },
        goTo: (place) => {
          const element = container.current;
          if (element) element.scrollTop = offsetOf(latest.current.layout, place) - PAGE_GAP;
        },
        reveal: (zone: Zone) => {
          const element = container.current;
          const now = latest.current;
          const size = now.sizes[zone.pageNumber - 1];
          if (!element || !size || now.layout.scale === 0) return;
          const box = toPixels(zone.bbox, size, now.rotation, now.layout.scale);
          const top = (now.layout.tops[zone.pageNumber - 1] ?? 0) + box.y;
          const left =
            Math.max((element.clientWidth - (now.layout.widths[zone.pageNumber - 1] ?? 0)) / 2, PAGE_GAP) +
            box.x;
          scrollIntoSight(element, { top, left, width: box.width, height: box.height });
        },
        focus: () => container.current?.focus(),
      }),
    [panes, container],
  );

  return { virtualizer, anchor };
}

/** Room left around what is scrolled into sight. */
const MARGIN = 24;

function scrollIntoSight(
  element: HTMLElement,
  { top, left, width, height }: { top: number; left: number; width: number; height: number },
) {
  const { scrollTop, scrollLeft, clientHeight, clientWidth } = element;
  const isAbove = top < scrollTop + MARGIN;
  const isBelow = top + height > scrollTop + clientHeight - MARGIN;
  if (isAbove || isBelow) {
    // A third down, unless it is taller than that leaves room for.
    element.scrollTop = top - Math.max(Math.min(clientHeight / 3, clientHeight - height - MARGIN), MARGIN);
  }
  if (left < scrollLeft || left + width > scrollLeft + clientWidth) element.scrollLeft = left - MARGIN;
}
