import type { UploadState } from "@zoned/client";
import { useInterruptedUploads, useUploads, useZoned } from "@zoned/client/react";
import { FileClock, X } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import { toast } from "@/components/toast-store";
import { errorText } from "@/error-text";
import { formatBytes, formatCount } from "@/format";
import { chooseFiles } from "./choose-files";
import { UploadRow } from "./upload-row";
import { isShown, isUnderWay } from "./upload-text";
import { useUploadFiles } from "./use-upload-files";

/** Uploads under way, those that wait for a word, and those that an earlier visit left unfinished. */
export function UploadPanel() {
  const { uploads } = useZoned();
  const all = useUploads();
  const shown = all.filter(isShown);
  const { interrupted, discard } = useInterruptedUploads();
  const uploadFiles = useUploadFiles();
  useLeaveWarning(all);

  if (shown.length === 0 && interrupted.length === 0) return null;
  const running = shown.filter(isUnderWay);
  const paused = running.length > 0 && running.every((upload) => upload.status === "paused");
  const dismiss = (upload: UploadState) => {
    const handle = uploads.get(upload.id);
    if (upload.status === "duplicate" || upload.status === "failed") {
      void handle?.cancel();
      return;
    }
    void handle?.cancel();
    toast({ title: `The upload of “${upload.name}” is canceled` });
  };
  return (
    <section
      aria-label="Uploads"
      className="max-h-[40dvh] shrink-0 overflow-y-auto border-line border-b bg-surface"
    >
      {running.length > 1 && (
        <header className="flex items-center justify-between gap-2 border-line border-b px-3 py-1.5 sm:px-4">
          <h2 className="text-ink-muted">{formatCount(running.length, "upload")}</h2>
          <Button
            size="small"
            look="ghost"
            onClick={() => (paused ? uploads.resumeAll() : uploads.pauseAll())}
          >
            {paused ? "Resume all" : "Pause all"}
          </Button>
        </header>
      )}
      <ul className="divide-y divide-line">
        {shown.map((upload) => (
          <UploadRow
            key={upload.id}
            upload={upload}
            onPause={() => uploads.get(upload.id)?.pause()}
            onResume={() => uploads.get(upload.id)?.resume()}
            onCancel={() => dismiss(upload)}
          />
        ))}
        {interrupted.map((upload) => (
          <li
            key={upload.documentId}
            className="mx-auto flex max-w-[110rem] items-center gap-3 px-3 py-2.5 sm:px-4"
          >
            <span
              aria-hidden
              className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg bg-warning-soft text-warning"
            >
              <FileClock className="size-4.5" />
            </span>
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{upload.name}</p>
              <p className="text-[0.929rem] text-ink-muted">
                Interrupted at {formatBytes(upload.sent)} of {formatBytes(upload.size)}. Choose the same file
                again to go on.
              </p>
            </div>
            <Button size="small" onClick={async () => uploadFiles(await chooseFiles())}>
              Choose file
            </Button>
            <IconButton
              label={`Give up ${upload.name}`}
              size="small"
              onClick={() =>
                discard(upload).catch((error: unknown) =>
                  toast({
                    title: "The upload could not be given up",
                    description: errorText(error),
                    tone: "danger",
                  }),
                )
              }
            >
              <X aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Asks before the page is left while files are on their way: the file would have to be chosen again. */
function useLeaveWarning(uploads: readonly UploadState[]): void {
  const busy = uploads.some(isUnderWay);
  useEffect(() => {
    if (!busy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [busy]);
}
