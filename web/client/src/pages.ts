import { answered, answeredMaybe, type CallOptions, stored, type ZonedSupabase } from "./context.js";
import { ZonedError } from "./error.js";
import { type Page, pageOf } from "./model/page.js";
import { ROWS_AT_ONCE } from "./paging.js";

/**
 * Pages: their sizes, where their text came from, their pictures.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function sizes({ pages }: ZonedClient, documentId: string) {
 *   const first = await pages.get(documentId, 1);
 *   const all = await pages.list(documentId);
 *   return { picture: await pages.imageUrl(first), inches: all.map(({ width, height }) => [width / 72, height / 72]) };
 * }
 * ```
 */
export interface Pages {
  /**
   * Pages of a document, in order, from number `from` to number `to`, both included; all when not given.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function firstTen(zoned: ZonedClient, documentId: string) {
   *   return zoned.pages.list(documentId, { from: 1, to: 10 });
   * }
   * ```
   */
  list(documentId: string, range?: PageRange, options?: CallOptions): Promise<Page[]>;
  /** One page. Rejects with `not_found`, also while it was not processed yet. */
  get(documentId: string, pageNumber: number, options?: CallOptions): Promise<Page>;
  /** An address of the page's picture, for `seconds`; null when there is none. */
  imageUrl(page: Pick<Page, "imagePath">, seconds?: number): Promise<string | null>;
}

/** Page numbers, from 1, both included. */
export interface PageRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export function pagesOf(supabase: ZonedSupabase): Pages {
  return {
    async list(documentId, range = {}, options) {
      const pages: Page[] = [];
      let from = range.from ?? 1;
      for (;;) {
        let request = supabase
          .from("pages")
          .select("*")
          .eq("document_id", documentId)
          .gte("page_number", from);
        if (range.to !== undefined) request = request.lte("page_number", range.to);
        const rows = await answered(request.order("page_number").limit(ROWS_AT_ONCE), options);
        for (const row of rows) pages.push(pageOf(row));
        const last = rows.at(-1);
        if (rows.length < ROWS_AT_ONCE || !last) return pages;
        from = last.page_number + 1;
      }
    },
    async get(documentId, pageNumber, options) {
      const row = await answeredMaybe(
        supabase
          .from("pages")
          .select("*")
          .eq("document_id", documentId)
          .eq("page_number", pageNumber)
          .maybeSingle(),
        options,
      );
      if (!row) {
        throw new ZonedError({
          code: "not_found",
          message: "There is no such page yet.",
          hint: "Wait until the document is processed that far.",
        });
      }
      return pageOf(row);
    },
    async imageUrl(page, seconds = 3600) {
      if (page.imagePath === null) return null;
      const { signedUrl } = await stored(
        supabase.storage.from("pages").createSignedUrl(page.imagePath, seconds),
      );
      return signedUrl;
    },
  };
}
