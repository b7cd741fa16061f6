import type { QueryClient } from "@tanstack/react-query";
import type { Zone } from "@zoned/client";
import { zonedKeys } from "@zoned/client/react";

/** The zones of a page as far as they are loaded, in reading order. */
export function zonesOfPage(queries: QueryClient, documentId: string, pageNumber: number): readonly Zone[] {
  return queries.getQueryData<Zone[]>(zonedKeys.zones.page(documentId, pageNumber)) ?? [];
}

/** A zone of the document, if its page is loaded. */
export function findZone(queries: QueryClient, documentId: string, zoneId: string): Zone | undefined {
  const pages = queries.getQueriesData<Zone[]>({ queryKey: zonedKeys.zones.document(documentId) });
  for (const [, zones] of pages) {
    const found = zones?.find((zone) => zone.id === zoneId);
    if (found) return found;
  }
  return undefined;
}
