import { useQueryClient } from "@tanstack/react-query";
import type { Zone, ZoneRevision } from "@zoned/client";
import { useZoneHistory, useZoneRevisions } from "@zoned/client/react";
import { History } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { EmptyState } from "@/components/empty-state";
import { ErrorPanel } from "@/components/error-panel";
import { Segmented } from "@/components/segmented";
import { Skeleton } from "@/components/skeleton";
import { formatWhen } from "@/format";
import { useDesk, useReaderData, useReaderParts } from "../state/reader-context";
import { useSelectedZone } from "../state/use-zone";
import { findZone } from "../state/zone-cache";
import { differences, excerpt, kindInWords } from "./describe-zone";
import { DiffText } from "./diff-text";

/** What zones were before each edit, and a way back. */
export function HistoryDialog() {
  const open = useDesk((state) => state.dialog === "history");
  const setDialog = useDesk((state) => state.open);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && setDialog(null)}
      title="History"
      description="Every edit keeps what was there before. Restoring is an edit too, and can be undone."
      width="wide"
    >
      <Versions />
    </Dialog>
  );
}

function Versions() {
  const selected = useSelectedZone();
  const [scope, setScope] = useState<"zone" | "document">(selected ? "zone" : "document");
  const { document } = useReaderData();
  const ofZone = useZoneRevisions(scope === "zone" ? (selected?.id ?? null) : null);
  const ofDocument = useZoneHistory(document.id);
  const query = scope === "zone" && selected ? ofZone : ofDocument;
  return (
    <>
      {selected && (
        <Segmented
          label="Whose history"
          value={scope}
          onValueChange={setScope}
          options={[
            { value: "zone", label: "This zone" },
            { value: "document", label: "The whole document" },
          ]}
          className="mb-3"
        />
      )}
      {query.data ? (
        <VersionList revisions={query.data} current={scope === "zone" ? selected : null} />
      ) : query.error ? (
        <ErrorPanel title="The history cannot be loaded" onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorPanel>
      ) : (
        <div role="status" aria-label="Loading the history" className="flex flex-col gap-2">
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </div>
      )}
    </>
  );
}

function VersionList({ revisions, current }: { revisions: readonly ZoneRevision[]; current: Zone | null }) {
  if (revisions.length === 0) {
    return (
      <EmptyState icon={History} title="No edits yet">
        {current ? "This zone is as it was read." : "All zones are as they were read."}
      </EmptyState>
    );
  }
  return (
    <ol className="flex flex-col gap-2">
      {revisions.map((revision) => {
        const next = revisions.find(
          (other) => other.zoneId === revision.zoneId && other.revision === revision.revision + 1,
        );
        return <VersionRow key={`${revision.zoneId} ${revision.revision}`} revision={revision} next={next} />;
      })}
    </ol>
  );
}

/** One version: what it was, and what the edit after it changed. */
function VersionRow({ revision, next }: { revision: ZoneRevision; next: ZoneRevision | undefined }) {
  const queries = useQueryClient();
  const { edits, documentId } = useReaderParts();
  const setDialog = useDesk((state) => state.open);
  const [busy, setBusy] = useState(false);
  const current = findZone(queries, documentId, revision.zoneId);
  const after = next ?? (current?.revision === revision.revision + 1 ? current : undefined);
  const found = after && revision.operation === "update" ? differences(revision, after) : [];
  const who = revision.changedBy === "user" ? "you" : "the engine";
  const restore = async () => {
    setBusy(true);
    const done = await edits.restore(revision.zoneId, revision.revision);
    setBusy(false);
    if (done) setDialog(null);
  };
  return (
    <li className="rounded-xl border border-line p-3.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">
          {revision.operation === "delete"
            ? "Deleted"
            : found.length > 0
              ? `Changed: ${found.map(({ label }) => label.toLowerCase()).join(", ")}`
              : "Changed"}
        </span>
        <span className="text-ink-muted">
          {kindInWords(revision)}, page {revision.pageNumber}
        </span>
        <span className="text-ink-subtle">
          <time dateTime={revision.changedAt}>{formatWhen(new Date(revision.changedAt))}</time> by {who}
        </span>
        <Button size="small" className="ml-auto" busy={busy} onClick={() => void restore()}>
          Restore this version
        </Button>
      </div>
      {found.length === 0 && revision.content !== "" && (
        <p className="mt-1.5 text-ink-muted">{excerpt(revision.content, 200)}</p>
      )}
      <dl className="mt-1.5 flex flex-col gap-1.5">
        {found.map(({ what, label, before, after: later }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll it.
          <div key={what} tabIndex={0} className="max-h-40 overflow-y-auto">
            <dt className="sr-only">{label}</dt>
            <dd>{what === "text" ? <DiffText before={before} after={later} /> : `${before} → ${later}`}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
