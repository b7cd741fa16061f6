import type { Document } from "@zoned/client";
import {
  useCancelDocument,
  useDeleteDocuments,
  useRenameDocument,
  useRetryDocument,
  useZoned,
} from "@zoned/client/react";
import { useMemo, useRef } from "react";
import { useNavigate } from "react-router";
import { toast, toastWithUndo } from "@/components/toast-store";
import { errorText } from "@/error-text";
import { formatCount } from "@/format";
import { hide, show } from "./hidden";

/** Tells that something did not work. */
function failed(title: string) {
  return (error: unknown) => {
    toast({ title, description: errorText(error), tone: "danger" });
  };
}

/** What can be done with documents; each tells when it does not work. */
export function useDocumentActions() {
  const zoned = useZoned();
  const navigate = useNavigate();
  const hooks = useRef({
    rename: useRenameDocument(),
    remove: useDeleteDocuments(),
    retry: useRetryDocument(),
    cancel: useCancelDocument(),
  });
  return useMemo(() => {
    const { rename, remove, retry, cancel } = hooks.current;
    return {
      open: (id: string) => void navigate(`/documents/${id}`),
      rename: (document: Document, name: string) =>
        void rename.mutateAsync({ id: document.id, name }).catch(failed("The document was not renamed")),
      retry: (document: Document) =>
        void retry.mutateAsync(document.id).catch(failed("It could not be tried again")),
      cancel: (document: Document) =>
        void cancel.mutateAsync(document.id).then(
          () =>
            toast({
              title: `Processing of “${document.name}” is stopped`,
              action: { label: "Go on", run: () => retry.mutate(document.id) },
            }),
          failed("It could not be stopped"),
        ),
      download: async (document: Document) => {
        try {
          location.assign(await zoned.documents.fileUrl(document, { seconds: 60, download: document.name }));
        } catch (error) {
          failed("The PDF could not be downloaded")(error);
        }
      },
      /** Takes documents out of sight; they are deleted when nobody took that back. */
      remove: (ids: readonly string[], name?: string) => {
        hide(ids);
        toastWithUndo(
          ids.length === 1 && name
            ? `“${name}” is deleted`
            : `${formatCount(ids.length, "document")} deleted`,
          {
            undo: () => show(ids),
            commit: () =>
              void remove
                .mutateAsync(ids)
                .catch(
                  failed(
                    ids.length === 1 ? "The document was not deleted" : "Some documents were not deleted",
                  ),
                )
                .finally(() => show(ids)),
          },
        );
      },
    };
  }, [zoned, navigate]);
}
