import "./reader.css";
import { type Document, type JsonObject, toZonedError } from "@zoned/client";
import { useDocument, useViewState } from "@zoned/client/react";
import { useMemo, useRef } from "react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { ErrorPanel } from "@/components/error-panel";
import { Skeleton } from "@/components/skeleton";
import { OnFirstUse, onDemand, useLoadedWhenIdle } from "@/on-demand";
import { useTitle } from "@/shell/use-title";
import { ContentPane } from "./content/content-pane";
import { ZoneBar } from "./editing/zone-bar";
import { NARROW } from "./narrow";
import { PagesPane } from "./page/pages-pane";
import { usePdf } from "./pdf/use-pdf";
import { Splitter } from "./splitter";
import {
  DataContext,
  PartsContext,
  useDesk,
  useReaderData,
  useReaderParts,
  useView,
} from "./state/reader-context";
import { useMedia } from "./state/use-media";
import { usePageList } from "./state/use-page-list";
import { useNewReaderParts } from "./state/use-reader-parts";
import { DocumentHeader } from "./toolbar/document-header";
import { ReaderShortcuts } from "./toolbar/reader-shortcuts";
import { StatusNote } from "./toolbar/status-note";
import { Toolbar } from "./toolbar/toolbar";

const ExportDialog = onDemand(async () => (await import("@/features/exports/export-dialog")).ExportDialog);
const ConflictDialog = onDemand(async () => (await import("./editing/conflict-dialog")).ConflictDialog);
const HistoryDialog = onDemand(async () => (await import("./editing/history-dialog")).HistoryDialog);
const TableDialog = onDemand(async () => (await import("./table/table-dialog")).TableDialog);

// What draws the pages comes while the document is asked for; opening the file waits for it, and tells when it did not come.
import("./pdf/pdf-source").catch(() => {});

/** A document: its pages with their zones, and what was extracted, side by side. */
export function Reader({ documentId }: { documentId: string }) {
  const { data: document, error, refetch } = useDocument(documentId);
  const { state, save, isPending } = useViewState(documentId);
  useTitle(document?.name ?? "Document");
  if (error) return <CannotOpen error={error} retry={() => void refetch()} />;
  if (!document || isPending) {
    return (
      <div
        role="status"
        aria-label="Opening the document"
        className="grid h-full place-items-center bg-sunken p-8"
      >
        <Skeleton className="h-full max-h-160 w-full max-w-lg" />
      </div>
    );
  }
  return <OpenReader document={document} kept={state} save={save} />;
}

function CannotOpen({ error, retry }: { error: Error; retry: () => void }) {
  const known = toZonedError(error);
  if (known.code === "not_found" || known.code === "invalid") {
    return (
      <ErrorPanel
        wholeScreen
        title="There is no such document"
        action={
          <Button asChild>
            <Link to="/">Go to the library</Link>
          </Button>
        }
      >
        It may have been deleted, or it belongs to somebody else.
      </ErrorPanel>
    );
  }
  return (
    <ErrorPanel wholeScreen title="The document cannot be opened" onRetry={retry}>
      {known.message} {known.hint}
    </ErrorPanel>
  );
}

interface OpenReaderProps {
  document: Document;
  kept: JsonObject;
  save: (patch: JsonObject) => void;
}

function OpenReader({ document, kept, save }: OpenReaderProps) {
  const isNarrow = useMedia(NARROW);
  const parts = useNewReaderParts(document.id, kept, save, isNarrow);
  const pdf = usePdf(document);
  const pages = usePageList(document, document.id, pdf.source?.pageCount ?? null);
  const data = useMemo(() => ({ document, pages, pdf }), [document, pages, pdf]);
  return (
    <PartsContext value={parts}>
      <DataContext value={data}>
        <DocumentHeader />
        <ReaderShortcuts />
        <div className="flex h-full flex-col">
          <Toolbar />
          <StatusNote />
          <Panes isNarrow={isNarrow} />
          <ZoneBar />
        </div>
        <Dialogs />
        <Announcements />
      </DataContext>
    </PartsContext>
  );
}

function Panes({ isNarrow }: { isNarrow: boolean }) {
  const panes = useView((state) => state.panes);
  const split = useView((state) => state.split);
  const { pages, pdf } = useReaderData();
  const frame = useRef<HTMLDivElement>(null);
  if (pages.count === 0) return <NoPages failed={pdf.error !== null} />;
  return (
    <div ref={frame} className={`flex min-h-0 flex-1 ${isNarrow ? "flex-col" : ""}`}>
      {panes !== "content" && (
        <div
          className="flex min-h-0 min-w-0"
          style={panes === "both" ? { flex: `${split} 1 0%` } : { flex: 1 }}
        >
          <PagesPane />
        </div>
      )}
      {panes === "both" && <Splitter frame={frame} stacked={isNarrow} />}
      {panes !== "page" && (
        <div
          className="flex min-h-0 min-w-0"
          style={panes === "both" ? { flex: `${1 - split} 1 0%` } : { flex: 1 }}
        >
          <ContentPane />
        </div>
      )}
    </div>
  );
}

/** Before anything is known of the pages: while the file is on its way, or when it could not be read. */
function NoPages({ failed }: { failed: boolean }) {
  const { document } = useReaderData();
  const isOver = document.status === "failed" || document.status === "awaiting_upload" || failed;
  return (
    <div className="grid min-h-0 flex-1 place-items-center bg-sunken p-6 text-ink-muted">
      {isOver ? (
        <p>There are no pages to show.</p>
      ) : (
        <div role="status" aria-label="Opening the PDF" className="h-full w-full max-w-lg">
          <Skeleton className="mx-auto h-full max-h-160" />
        </div>
      )}
    </div>
  );
}

function Dialogs() {
  const isConflict = useDesk((state) => state.conflict !== null);
  const isHistory = useDesk((state) => state.dialog === "history");
  const isTable = useDesk((state) => state.editing?.what === "table");
  const isExport = useDesk((state) => state.dialog === "export");
  useLoadedWhenIdle(ConflictDialog, HistoryDialog, TableDialog, ExportDialog);
  return (
    <>
      <OnFirstUse wanted={isConflict}>
        <ConflictDialog />
      </OnFirstUse>
      <OnFirstUse wanted={isHistory}>
        <HistoryDialog />
      </OnFirstUse>
      <OnFirstUse wanted={isTable}>
        <TableDialog />
      </OnFirstUse>
      <OnFirstUse wanted={isExport}>
        <Exports />
      </OnFirstUse>
    </>
  );
}

function Exports() {
  const { documentId } = useReaderParts();
  const { document } = useReaderData();
  const open = useDesk((state) => state.dialog === "export");
  const setDialog = useDesk((state) => state.open);
  return (
    <ExportDialog
      open={open}
      onOpenChange={(next) => setDialog(next ? "export" : null)}
      documentId={documentId}
      documentName={document.name}
      pageCount={document.pageCount}
      isReady={document.status === "ready"}
    />
  );
}

/** What screen readers are told of what keys and buttons did. */
function Announcements() {
  const message = useDesk((state) => state.message);
  return (
    <p role="status" className="sr-only">
      {message}
    </p>
  );
}
