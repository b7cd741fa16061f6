import type { DocumentQuery } from "../documents.js";

/**
 * Keys of everything the hooks keep in the query cache.
 *
 * @example
 * ```ts
 * import { QueryClient } from "@tanstack/react-query";
 * import { zonedKeys } from "@zoned/client/react";
 *
 * const queryClient = new QueryClient();
 * await queryClient.invalidateQueries({ queryKey: zonedKeys.documents.lists() });
 * ```
 */
export const zonedKeys = {
  all: ["zoned"] as const,
  documents: {
    lists: () => ["zoned", "documents"] as const,
    list: (query: DocumentQuery) => ["zoned", "documents", query] as const,
    one: (id: string) => ["zoned", "document", id] as const,
    file: (id: string) => ["zoned", "document", id, "file"] as const,
  },
  pages: {
    list: (documentId: string) => ["zoned", "pages", documentId] as const,
  },
  zones: {
    document: (documentId: string) => ["zoned", "zones", documentId] as const,
    page: (documentId: string, pageNumber: number) => ["zoned", "zones", documentId, pageNumber] as const,
    search: (documentId: string, query: string) => ["zoned", "zone-search", documentId, query] as const,
    revisions: (zoneId: string) => ["zoned", "zone-revisions", zoneId] as const,
    history: (documentId: string, pageNumber?: number) =>
      ["zoned", "zone-history", documentId, ...(pageNumber === undefined ? [] : [pageNumber])] as const,
  },
  jobs: {
    all: () => ["zoned", "jobs"] as const,
    list: (documentId: string) => ["zoned", "jobs", documentId] as const,
  },
  exports: {
    lists: () => ["zoned", "exports"] as const,
    list: (documentId: string | null) => ["zoned", "exports", documentId] as const,
    progress: (exportId: string) => ["zoned", "export-progress", exportId] as const,
  },
  /** Uploads that an earlier page left unfinished, as of how many were begun since. */
  interruptedUploads: (begun?: number) =>
    ["zoned", "interrupted-uploads", ...(begun === undefined ? [] : [begun])] as const,
  presets: () => ["zoned", "presets"] as const,
  apiTokens: () => ["zoned", "api-tokens"] as const,
  webhooks: {
    list: () => ["zoned", "webhooks"] as const,
    available: () => ["zoned", "webhooks-available"] as const,
    deliveries: (webhookId: string) => ["zoned", "webhook-deliveries", webhookId] as const,
  },
  settings: () => ["zoned", "settings"] as const,
  viewState: (documentId: string) => ["zoned", "view-state", documentId] as const,
};
