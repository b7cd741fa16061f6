import { useQuery } from "@tanstack/react-query";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/**
 * The pages of a document that were processed so far, in order; they appear as they are saved.
 *
 * @example
 * ```tsx
 * import { usePages } from "@zoned/client/react";
 *
 * export function Count({ documentId }: { documentId: string }) {
 *   const { data: pages = [] } = usePages(documentId);
 *   return <span>{pages.length} pages read</span>;
 * }
 * ```
 */
export function usePages(documentId: string) {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.pages.list(documentId),
    queryFn: ({ signal }) => zoned.pages.list(documentId, {}, { signal }),
  });
}

/** Seconds. */
const HOUR = 3600;

/**
 * A document's PDF as an address for an hour; asked for anew before it ends.
 *
 * @example
 * ```tsx
 * import { useDocument, useFileUrl } from "@zoned/client/react";
 *
 * export function Original({ id }: { id: string }) {
 *   const { data: document } = useDocument(id);
 *   const { data: url } = useFileUrl(id, document?.objectPath);
 *   return <a href={url}>The PDF</a>;
 * }
 * ```
 */
export function useFileUrl(documentId: string, objectPath: string | undefined) {
  const zoned = useZoned();
  return useQuery({
    queryKey: zonedKeys.documents.file(documentId),
    queryFn: () => zoned.documents.fileUrl({ objectPath: objectPath ?? "" }, { seconds: 2 * HOUR }),
    enabled: objectPath !== undefined,
    staleTime: HOUR * 1000,
  });
}
