import type { Document, Page } from "@zoned/client";
import { usePages } from "@zoned/client/react";
import { useMemo } from "react";
import type { Size } from "../geometry/box";
import { completeSizes } from "../geometry/page-layout";

/** All pages of a document, those included that nobody has read yet. */
export interface PageList {
  readonly count: number;
  /** In points, by index; guessed for pages that are not known yet. */
  readonly sizes: readonly Size[];
  /** The page of a number from 1, once it was read. */
  readonly get: (pageNumber: number) => Page | undefined;
  readonly error: Error | null;
}

/** The pages, as they come in. The PDF itself may know their number before anything was read. */
export function usePageList(
  document: Document | undefined,
  documentId: string,
  pdfPages: number | null,
): PageList {
  const { data, error } = usePages(documentId);
  const declared = document?.pageCount ?? document?.progress?.pagesTotal ?? null;
  return useMemo(() => {
    const pages = data ?? [];
    const byNumber = new Map(pages.map((page) => [page.pageNumber, page]));
    const count = Math.max(declared ?? pdfPages ?? 0, pages.at(-1)?.pageNumber ?? 0);
    // A page that could not be read may have no size.
    const known = new Map(
      pages.filter((page) => page.width > 0 && page.height > 0).map((page) => [page.pageNumber - 1, page]),
    );
    return {
      count,
      sizes: completeSizes(count, known),
      get: (pageNumber) => byNumber.get(pageNumber),
      error,
    };
  }, [data, declared, pdfPages, error]);
}
