import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { DocumentQuery } from "../documents.js";
import type { Document } from "../model/document.js";
import type { Export } from "../model/export.js";
import type { Page } from "../model/page.js";
import type { Zone } from "../model/zone.js";
import type { Slice } from "../paging.js";
import { zonedKeys } from "./keys.js";

/** A list as the cache holds it: slices, as far as they were asked for. */
export type Slices<Item> = InfiniteData<Slice<Item>>;

/** Changes items of a list; gives the same object when nothing changed. */
export function mapSlices<Item>(slices: Slices<Item>, change: (item: Item) => Item | null): Slices<Item> {
  let changed = false;
  const pages = slices.pages.map((slice) => {
    const items = slice.items.flatMap((item) => {
      const next = change(item);
      if (next !== item) changed = true;
      return next === null ? [] : [next];
    });
    return changed ? { ...slice, items } : slice;
  });
  return changed ? { ...slices, pages } : slices;
}

/** All items of a list, as far as they were asked for. */
export function itemsOf<Item>(slices: Slices<Item> | undefined): Item[] {
  return slices?.pages.flatMap((slice) => slice.items) ?? [];
}

/** Of two states of a document the later: an answer may be older than an event that came while it was on its way. */
export function later(known: Document, answered: Document): Document {
  return Date.parse(known.updatedAt) > Date.parse(answered.updatedAt) ? known : answered;
}

/** Changes a document wherever the cache holds it; whether it was anywhere. */
export function patchDocument(
  queries: QueryClient,
  id: string,
  change: (document: Document) => Document,
): boolean {
  let found = false;
  const patch = (document: Document) => {
    found = true;
    return change(document);
  };
  queries.setQueryData<Document>(zonedKeys.documents.one(id), (document) => document && patch(document));
  queries.setQueriesData<Slices<Document>>(
    { queryKey: zonedKeys.documents.lists() },
    (slices) => slices && mapSlices(slices, (document) => (document.id === id ? patch(document) : document)),
  );
  return found;
}

/** Takes a document, and what belongs to it, out of the cache. */
export function dropDocument(queries: QueryClient, id: string): void {
  queries.setQueriesData<Slices<Document>>(
    { queryKey: zonedKeys.documents.lists() },
    (slices) => slices && mapSlices(slices, (document) => (document.id === id ? null : document)),
  );
  queries.setQueriesData<Slices<Export>>(
    { queryKey: zonedKeys.exports.lists() },
    (slices) => slices && mapSlices(slices, (item) => (item.documentId === id ? null : item)),
  );
  // Whoever shows it learns that it is gone; whoever does not, needs nothing of it any more.
  void queries.invalidateQueries({ queryKey: zonedKeys.documents.one(id) });
  for (const queryKey of [zonedKeys.pages.list(id), zonedKeys.zones.document(id), zonedKeys.viewState(id)]) {
    queries.removeQueries({ queryKey, type: "inactive" });
  }
}

/** Lists in which a document's new status changes who is in them, or where. */
export function invalidateListsByStatus(queries: QueryClient): void {
  void queries.invalidateQueries({
    queryKey: zonedKeys.documents.lists(),
    predicate: ({ queryKey }) => {
      const query = queryKey[2] as DocumentQuery | undefined;
      return Boolean(query?.statuses?.length) || query?.sort === "status";
    },
  });
}

/** Puts a zone where it belongs on its page. */
export function withZone(zones: readonly Zone[], zone: Zone): Zone[] {
  return sortedZones([...zones.filter((other) => other.id !== zone.id), zone]);
}

/** In reading order; zones with the same place by age, as the server gives them. */
export function sortedZones(zones: readonly Zone[]): Zone[] {
  return [...zones].sort(
    (first, second) =>
      first.readingOrder - second.readingOrder ||
      first.createdAt.localeCompare(second.createdAt) ||
      first.id.localeCompare(second.id),
  );
}

/** Changes the zones of a page, if the cache holds them. */
export function patchZones(
  queries: QueryClient,
  documentId: string,
  pageNumber: number,
  change: (zones: Zone[]) => Zone[],
): void {
  queries.setQueryData<Zone[]>(
    zonedKeys.zones.page(documentId, pageNumber),
    (zones) => zones && change(zones),
  );
}

/** Adds or replaces pages in a list ordered by number. */
export function withPages(pages: readonly Page[], saved: readonly Page[]): Page[] {
  const byNumber = new Map(pages.map((page) => [page.pageNumber, page]));
  for (const page of saved) byNumber.set(page.pageNumber, page);
  return [...byNumber.values()].sort((first, second) => first.pageNumber - second.pageNumber);
}
