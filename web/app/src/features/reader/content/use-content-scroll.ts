import { useQueryClient } from "@tanstack/react-query";
import type { Virtualizer } from "@tanstack/react-virtual";
import type { Zone } from "@zoned/client";
import { type RefObject, useEffect, useRef } from "react";
import type { Position } from "../geometry/page-layout";
import { type Anchor, acrossPanes } from "../geometry/scroll-sync";
import { useReaderData, useReaderParts } from "../state/reader-context";
import { zonesOfPage } from "../state/zone-cache";

type ContentVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** Heights are known only once something was drawn; a place that was asked for is gone to anew until they are, so long. */
const PATIENCE = 1500;

/**
 * Scrolls the pane of content: tells the pane of pages where it is, and goes where the others ask. Places are given as a share of the
 * page as printed; between the zones, which both panes have, they are estimated.
 */
export function useContentScroll(
  container: RefObject<HTMLDivElement | null>,
  virtualizer: ContentVirtualizer,
  isAlone: boolean,
): void {
  const queries = useQueryClient();
  const { documentId, panes, view, desk, place: kept } = useReaderParts();
  const { pages } = useReaderData();
  const latest = useRef({ virtualizer, pages, isAlone });
  latest.current = { virtualizer, pages, isAlone };
  const start = useRef(kept.get()).current;
  /** What is to be gone to again when heights change. */
  const goal = useRef<{ go: () => void; until: number } | null>(null);
  const begun = useRef(false);
  const total = virtualizer.getTotalSize();

  const sides = useRef({
    /** Where zones begin on their page, in points, and in its content, in pixels. */
    anchors(index: number): Anchor[] {
      const item = container.current?.querySelector(`[data-index="${index}"]`);
      if (!item || desk.getState().rotation !== 0) return [];
      const zones = new Map(zonesOfPage(queries, documentId, index + 1).map((zone) => [zone.id, zone]));
      return [...item.querySelectorAll<HTMLElement>("[data-zone]")].flatMap((block) => {
        const zone = zones.get(block.dataset["zone"] ?? "");
        const offset = block.getBoundingClientRect().top - item.getBoundingClientRect().top;
        return zone ? [{ page: zone.bbox.y, content: offset }] : [];
      });
    },
    heights(index: number): Anchor {
      const now = latest.current;
      return {
        page: now.pages.sizes[index]?.height ?? 1,
        content: now.virtualizer.measurementsCache[index]?.size ?? 1,
      };
    },
    /** Pixels from the top of the column. */
    offsetOf({ index, fraction }: Position): number {
      const heights = this.heights(index);
      const within = acrossPanes("page", fraction * heights.page, this.anchors(index), heights);
      return (latest.current.virtualizer.measurementsCache[index]?.start ?? 0) + within;
    },
    placeAt(offset: number): Position {
      const item = latest.current.virtualizer.getVirtualItemForOffset(offset);
      if (!item) return { index: 0, fraction: 0 };
      const heights = this.heights(item.index);
      const within = acrossPanes("content", offset - item.start, this.anchors(item.index), heights);
      return { index: item.index, fraction: Math.min(Math.max(within / heights.page, 0), 1) };
    },
  }).current;

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights have changed.
  useEffect(() => {
    if (!begun.current && latest.current.pages.count > start.index) {
      begun.current = true;
      if (start.index > 0 || start.fraction > 0) {
        const go = () => {
          if (container.current) container.current.scrollTop = sides.offsetOf(start);
        };
        goal.current = { go, until: performance.now() + PATIENCE };
      }
    }
    if (!goal.current) return;
    if (performance.now() > goal.current.until) goal.current = null;
    else goal.current.go();
  }, [total, pages.count]);

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    let frame = 0;
    const onScroll = () => {
      if (frame) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        const now = latest.current;
        if (!now.isAlone && !panes.isLeading("content")) return;
        const { scrollTop, clientHeight, scrollHeight } = element;
        const most = Math.max(scrollHeight - clientHeight, 1);
        const place = sides.placeAt(scrollTop + (clientHeight * scrollTop) / most);
        panes.moved("content", place);
        if (!now.isAlone) return;
        view.getState().goTo(sides.placeAt(scrollTop + clientHeight / 3).index + 1);
        kept.set(sides.placeAt(scrollTop));
      });
    };
    // Whoever takes hold of the pane wants to be where they are.
    const onHold = () => {
      goal.current = null;
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    for (const event of ["wheel", "pointerdown", "touchstart"])
      element.addEventListener(event, onHold, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", onScroll);
      for (const event of ["wheel", "pointerdown", "touchstart"]) element.removeEventListener(event, onHold);
    };
  }, [container, panes, view, kept, sides]);

  useEffect(() => {
    const pursue = (go: () => void) => {
      goal.current = { go, until: performance.now() + PATIENCE };
      go();
      // The zones may come after the heights have settled.
      requestAnimationFrame(() => goal.current?.go());
    };
    return panes.add("content", {
      follow: (place) =>
        pursue(() => {
          const element = container.current;
          if (!element) return;
          const { clientHeight, scrollHeight } = element;
          element.scrollTop = (sides.offsetOf(place) * (scrollHeight - clientHeight)) / scrollHeight;
        }),
      goTo: (place) =>
        pursue(() => {
          if (container.current) container.current.scrollTop = sides.offsetOf(place);
        }),
      reveal: (zone: Zone) =>
        pursue(() => {
          const element = container.current;
          if (!element) return;
          const block = element.querySelector<HTMLElement>(`[data-zone="${zone.id}"]`);
          if (block) {
            revealBlock(element, block);
            if (element.contains(document.activeElement) && !isTypingIn(element))
              block.focus({ preventScroll: true });
            return;
          }
          element.scrollTop = latest.current.virtualizer.measurementsCache[zone.pageNumber - 1]?.start ?? 0;
        }),
      focus: () => {
        const block = container.current?.querySelector<HTMLElement>('[data-zone][tabindex="0"]');
        (block ?? container.current)?.focus({ preventScroll: block !== null && block !== undefined });
      },
    });
  }, [panes, container, sides]);
}

const MARGIN = 24;

function revealBlock(element: HTMLElement, block: HTMLElement) {
  const outer = element.getBoundingClientRect();
  const inner = block.getBoundingClientRect();
  const isAbove = inner.top < outer.top + MARGIN;
  const isBelow = inner.bottom > outer.bottom - MARGIN;
  if (!isAbove && !isBelow) return;
  const room = Math.max(Math.min(outer.height / 3, outer.height - inner.height - MARGIN), MARGIN);
  element.scrollTop += inner.top - outer.top - room;
}

function isTypingIn(element: HTMLElement): boolean {
  const { activeElement } = document;
  return (
    activeElement !== null &&
    element.contains(activeElement) &&
    /^(TEXTAREA|INPUT)$/.test(activeElement.tagName)
  );
}
