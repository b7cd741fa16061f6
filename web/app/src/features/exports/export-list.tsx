import { type Export, toZonedError } from "@zoned/client";
import { useDeleteExport, useExportProgress, useExports, useZoned } from "@zoned/client/react";
import { Download, FileDown, Trash2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { ErrorPanel } from "@/components/error-panel";
import { IconButton } from "@/components/icon-button";
import { Progress } from "@/components/progress";
import { Skeleton } from "@/components/skeleton";
import { toast } from "@/components/toast-store";
import { formatBytes, formatWhen } from "@/format";
import { inWords } from "./export-choice";
import { FORMATS, fileNameOf } from "./formats";

/** The exports of a document: those under way with how far they are, those that are there with their files. */
export function ExportList({ documentId, documentName }: { documentId: string; documentName: string }) {
  const { exports, isPending, error, refetch, hasNextPage, fetchNextPage } = useExports(documentId);
  return (
    <section aria-label="Exports" className="min-w-0">
      <h3 className="mb-2 font-medium">Exports of this document</h3>
      {isPending ? (
        <div role="status" aria-label="Loading exports" className="flex flex-col gap-2">
          <Skeleton className="h-14" />
          <Skeleton className="h-14" />
        </div>
      ) : error && exports.length === 0 ? (
        <ErrorPanel title="The exports cannot be loaded" onRetry={() => void refetch()}>
          {error.message}
        </ErrorPanel>
      ) : exports.length === 0 ? (
        <p className="flex flex-col items-center gap-2 rounded-xl border border-line border-dashed px-4 py-8 text-center text-ink-muted">
          <FileDown aria-hidden className="size-5 text-ink-subtle" />
          None yet. Choose a format, and the file appears here.
        </p>
      ) : (
        <ul className="flex flex-col gap-2">
          {exports.map((item) => (
            <ExportRow key={item.id} item={item} documentName={documentName} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button size="small" look="ghost" className="mt-2" onClick={() => void fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </section>
  );
}

function ExportRow({ item, documentName }: { item: Export; documentName: string }) {
  const remove = useDeleteExport();
  const { label } = FORMATS[item.format];
  const words = inWords(item.options);
  const forget = () =>
    remove.mutate(item.id, {
      onError: (error) =>
        toast({
          title: "The export was not deleted",
          description: toZonedError(error).message,
          tone: "danger",
        }),
    });
  return (
    <li className="rounded-xl border border-line p-3" data-export={item.id} data-status={item.status}>
      <div className="flex items-center gap-1.5">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{label}</p>
          <p className="truncate text-[0.929rem] text-ink-muted">
            {[words, formatWhen(new Date(item.createdAt))].filter(Boolean).join(" · ")}
          </p>
        </div>
        {item.status === "ready" && <DownloadButton item={item} documentName={documentName} />}
        <IconButton
          label={`Delete this ${label} export`}
          size="small"
          disabled={remove.isPending}
          onClick={forget}
        >
          <Trash2 aria-hidden />
        </IconButton>
      </div>
      <ExportState item={item} />
    </li>
  );
}

/** How far an export is, or what became of it. */
function ExportState({ item }: { item: Export }) {
  const progress = useExportProgress(item.id);
  switch (item.status) {
    case "queued":
    case "running": {
      const text =
        item.status === "queued"
          ? "Waiting"
          : progress
            ? `${Math.round(progress.percent)} % written`
            : "Writing";
      const value = progress && item.status === "running" ? progress.percent / 100 : null;
      return (
        <div className="mt-2 flex items-center gap-3" role="status">
          <Progress label={`${FORMATS[item.format].label} export`} value={value} valueText={text} />
          <span className="whitespace-nowrap text-[0.929rem] text-ink-muted">{text}</span>
        </div>
      );
    }
    case "ready":
      return (
        <p className="mt-1 text-[0.929rem] text-ink-subtle">
          {formatBytes(item.byteSize ?? 0)}, kept until{" "}
          <time dateTime={item.expiresAt}>
            {new Date(item.expiresAt).toLocaleDateString("en", { day: "numeric", month: "short" })}
          </time>
        </p>
      );
    case "failed":
      return (
        <p role="alert" className="mt-1 text-danger">
          {item.error?.message ?? "It failed."}
        </p>
      );
    case "expired":
      return <Badge className="mt-1.5">The file is no longer kept</Badge>;
  }
}

function DownloadButton({ item, documentName }: { item: Export; documentName: string }) {
  const zoned = useZoned();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const fileName = fileNameOf(documentName, item.id, item.objectPath);
      const link = document.createElement("a");
      link.href = await zoned.exports.downloadUrl(item, { seconds: 600, fileName });
      link.download = fileName;
      link.click();
    } catch (failure) {
      const { message, hint } = toZonedError(failure);
      toast({ title: "The file cannot be downloaded", description: `${message} ${hint}`, tone: "danger" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="small" busy={busy} onClick={() => void download()}>
      <Download aria-hidden className="size-3.75" /> Download
    </Button>
  );
}
