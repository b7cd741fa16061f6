import { useRetryDocument } from "@zoned/client/react";
import { TriangleAlert } from "lucide-react";
import { Button } from "@/components/button";
import { Progress } from "@/components/progress";
import { formatDuration } from "@/format";
import { useReaderData } from "../state/reader-context";

/** What is going on with the document: processing, with how far it is; a failure, with its reason; a PDF that cannot be shown. */
export function StatusNote() {
  const { document, pdf, pages } = useReaderData();
  if (document.status === "failed") return <Failed />;
  if (document.status === "queued" || document.status === "processing") return <Processing />;
  if (document.status === "awaiting_upload") {
    return <Note>The file is still being uploaded. Its pages appear once it has arrived.</Note>;
  }
  if (pages.error)
    return <Note tone="danger">The list of pages cannot be loaded: {pages.error.message}</Note>;
  if (pdf.error) {
    return (
      <Note
        tone="danger"
        action={
          <Button size="small" onClick={pdf.retry}>
            Try again
          </Button>
        }
      >
        The pictures of the pages cannot be shown; the zones and their content can. {pdf.error.message}
      </Note>
    );
  }
  return null;
}

function Processing() {
  const { document } = useReaderData();
  const { progress } = document;
  const done = progress?.pagesDone ?? 0;
  const total = progress?.pagesTotal ?? null;
  const eta = progress?.etaSeconds;
  const text =
    document.status === "queued" || !progress
      ? "Waiting to be read"
      : total === null
        ? "Opening the file"
        : `${done.toLocaleString("en")} of ${total.toLocaleString("en")} pages read`;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b bg-accent-soft px-3 py-1.5 sm:px-4">
      <span>{text}</span>
      <Progress
        label="Pages read"
        value={total ? done / total : null}
        valueText={text}
        className="min-w-24 max-w-64 flex-1"
      />
      {eta !== null && eta !== undefined && eta > 1 && (
        <span className="text-ink-muted">about {formatDuration(eta)} left</span>
      )}
    </div>
  );
}

function Failed() {
  const { document } = useReaderData();
  const retry = useRetryDocument();
  const canRetry = document.error?.code !== "upload_expired";
  return (
    <Note
      tone="danger"
      action={
        canRetry && (
          <Button size="small" busy={retry.isPending} onClick={() => retry.mutate(document.id)}>
            Try again
          </Button>
        )
      }
    >
      {document.error?.message ?? "The document could not be read."}
      {retry.error && ` ${retry.error.message}`}
    </Note>
  );
}

function Note({
  tone = "neutral",
  action,
  children,
}: {
  tone?: "neutral" | "danger";
  action?: React.ReactNode;
  children: React.ReactNode;
}) {
  const isDanger = tone === "danger";
  return (
    <div
      role={isDanger ? "alert" : "status"}
      className={`flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-3 py-1.5 sm:px-4 ${isDanger ? "bg-danger-soft text-danger" : "bg-accent-soft"}`}
    >
      {isDanger && <TriangleAlert aria-hidden className="size-4 shrink-0" />}
      <p className="min-w-0 flex-1">{children}</p>
      {action}
    </div>
  );
}
