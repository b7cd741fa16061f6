import { useVirtualizer } from "@tanstack/react-virtual";
import type { Document } from "@zoned/client";
import { type RefObject, useEffect, useImperativeHandle, useRef } from "react";
import { Spinner } from "@/components/spinner";
import { type DocumentActions, DocumentRow } from "./document-row";

/** How the list is steered from the keyboard. */
export interface ListHandle {
  /** Moves the focus by so many rows; from outside the list to its first row. */
  move: (by: number) => void;
  /** Moves the focus to the row at this place, or to the last. */
  goTo: (place: number) => void;
  /** The id of the row that has the focus. */
  focused: () => string | null;
}

interface DocumentListProps {
  documents: readonly Document[];
  selected: ReadonlySet<string>;
  actions: DocumentActions;
  hasMore: boolean;
  loadingMore: boolean;
  onLoadMore: () => void;
  handle: RefObject<ListHandle | null>;
}

const ROW_HEIGHT = 56;
/** Rows before the end at which the next slice is fetched. */
const AHEAD = 20;

/** The documents, however many: only rows in sight are in the page. */
export function DocumentList({
  documents,
  selected,
  actions,
  hasMore,
  loadingMore,
  onLoadMore,
  handle,
}: DocumentListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: documents.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => documents[index]?.id ?? index,
    overscan: 8,
  });
  const rows = virtualizer.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && !loadingMore && last >= documents.length - AHEAD) onLoadMore();
  }, [hasMore, loadingMore, last, documents.length, onLoadMore]);

  // A row that is about to get the focus counts as having it: keys may come faster than frames.
  const coming = useRef<string | null>(null);
  useImperativeHandle(handle, () => {
    const focused = () =>
      coming.current ??
      document.activeElement?.closest<HTMLElement>("[data-document]")?.dataset["document"] ??
      null;
    const goTo = (place: number) => {
      const next = Math.min(documents.length - 1, Math.max(0, place));
      const id = documents[next]?.id;
      if (!id) return;
      virtualizer.scrollToIndex(next);
      coming.current = id;
      // The row may come into the page only with the scrolling.
      requestAnimationFrame(() => {
        coming.current = null;
        scroller.current?.querySelector<HTMLElement>(`[data-document="${id}"] [data-row-link]`)?.focus();
      });
    };
    return {
      focused,
      goTo: (place) => goTo(place),
      move: (by) => {
        const at = documents.findIndex((each) => each.id === focused());
        goTo(at < 0 ? 0 : at + by);
      },
    };
  });

  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      <ul aria-label="Documents" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {rows.map((row) => {
          const document = documents[row.index];
          if (!document) return null;
          return (
            <li
              key={row.key}
              ref={virtualizer.measureElement}
              data-index={row.index}
              aria-setsize={hasMore ? -1 : documents.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 top-0 min-h-14 border-line border-b [&>div]:min-h-14 [&>div]:py-2"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <DocumentRow
                document={document}
                selected={selected.has(document.id)}
                selecting={selected.size > 0}
                actions={actions}
              />
            </li>
          );
        })}
      </ul>
      {loadingMore && (
        <p role="status" className="flex items-center justify-center gap-2 py-4 text-ink-subtle">
          <Spinner /> Loading more
        </p>
      )}
    </div>
  );
}
