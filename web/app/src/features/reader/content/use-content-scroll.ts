import { useQueryClient } from "@tanstack/react-query";
import type { Virtualizer } from "@tanstack/react-virtual";
import type { Zone } from "@zoned/client";
import { type RefObject, useEffect, useRef } from "react";
import type { Position } from "../geometry/page-layout";
import { type Anchor, acrossPanes } from "../geometry/scroll-sync";
import { useReaderData, useReaderParts } from "../state/reader-context";
import { zonesOfPage } from "../state/zone-cache";

type ContentVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** Heights settle a little after the zones of a page are there, its pictures for example; in milliseconds. */
const SETTLING = 1500;

/**
 * A place that was asked for. Heights are known only once something was drawn: it is gone to anew whenever they change, until what
 * is there has settled, or somebody takes hold of the pane.
 */
interface Goal {
  readonly index: number;
  readonly go: () => void;
  /** When its page has settled; null while that is still waited for. */
  until: number | null;
}

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
  const goal = useRef<Goal | null>(null);
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
    /** Whether what a page holds is in the pane, or will not come. */
    isThere(index: number): boolean {
      const item = container.current?.querySelector(`[data-index="${index}"]`);
      return item !== null && item !== undefined && item.querySelector("[data-waiting]") === null;
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
        goal.current = { index: start.index, go, until: null };
      }
    }
    const { current } = goal;
    if (!current) return;
    if (current.until !== null && performance.now() > current.until) {
      goal.current = null;
      return;
    }
    current.go();
    if (sides.isThere(current.index)) current.until ??= performance.now() + SETTLING;
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
    const onHold = () => {
      goal.current = null;
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    for (const event of HOLDS) element.addEventListener(event, onHold, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", onScroll);
      for (const event of HOLDS) element.removeEventListener(event, onHold);
    };
  }, [container, panes, view, kept, sides]);

  useEffect(() => {
    const pursue = (index: number, go: () => void) => {
      goal.current = { index, go, until: null };
      go();
      // The zones may come after the heights have settled.
      requestAnimationFrame(() => goal.current?.go());
    };
    return panes.add("content", {
      follow: (place) =>
        pursue(place.index, () => {
          const element = container.current;
          if (!element) return;
          const { clientHeight, scrollHeight } = element;
          element.scrollTop = (sides.offsetOf(place) * (scrollHeight - clientHeight)) / scrollHeight;
        }),
      goTo: (place) =>
        pursue(place.index, () => {
          if (container.current) container.current.scrollTop = sides.offsetOf(place);
        }),
      reveal: (zone: Zone) =>
        pursue(zone.pageNumber - 1, () => {
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

/** Whoever does this to the pane wants to be where they are. */
const HOLDS = ["wheel", "pointerdown", "touchstart", "keydown"];
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
