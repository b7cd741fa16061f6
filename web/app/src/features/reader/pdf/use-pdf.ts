import type { Document } from "@zoned/client";
import { useZoned } from "@zoned/client/react";
import { useCallback, useEffect, useState } from "react";
import type { PdfSource } from "./pdf-source";

/** The PDF behind a document. */
export interface PdfState {
  readonly source: PdfSource | null;
  /** Why its pages cannot be shown. What was extracted can be read all the same. */
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Longer than anybody reads in one go; a new address is asked for when it is over. */
const ADDRESS_SECONDS = 6 * 3600;

/** pdf.js holds an empty copy of the whole file, which not every browser has the address space for. */
function inWords(reason: unknown): Error {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  return /allocation failed|array length/i.test(error.message)
    ? new Error("The file is too large for this browser.", { cause: error })
    : error;
}

/** Opens the document's file once it has arrived. pdf.js is loaded then, and not before. */
export function usePdf(document: Document | undefined): PdfState {
  const zoned = useZoned();
  const [attempt, setAttempt] = useState(0);
  const [source, setSource] = useState<PdfSource | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const objectPath = document?.objectPath;
  const length = document?.byteSize ?? null;
  const hasFile =
    document !== undefined &&
    document.status !== "awaiting_upload" &&
    document.error?.code !== "upload_expired";

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens it anew.
  useEffect(() => {
    if (!hasFile || objectPath === undefined || length === null || length === 0) return;
    const controller = new AbortController();
    let url: Promise<string> | undefined;
    let opened: PdfSource | null = null;
    const address = (renew: boolean) => {
      if (renew) url = undefined;
      url ??= zoned.documents.fileUrl({ objectPath }, { seconds: ADDRESS_SECONDS });
      url.catch(() => (url = undefined));
      return url;
    };
    const fail = (reason: unknown) => {
      if (!controller.signal.aborted) setError(inWords(reason));
    };
    // Asked for at once: it is there when the code is.
    address(false).catch(() => {});
    import("./pdf-source")
      .then(({ PdfSource }) => PdfSource.open(length, address, fail, controller.signal))
      .then((open) => {
        if (controller.signal.aborted) {
          open.close();
          return;
        }
        opened = open;
        setSource(open);
      })
      .catch(fail);
    return () => {
      controller.abort();
      opened?.close();
      setSource(null);
      setError(null);
    };
  }, [zoned, objectPath, length, hasFile, attempt]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { source, error, retry };
}
