import type { Document } from "@zoned/client";
import { useDocuments, useUploads } from "@zoned/client/react";
import { FileSearch, FileUp, Search, Upload } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorPanel } from "@/components/error-panel";
import { Input } from "@/components/input";
import { Skeleton } from "@/components/skeleton";
import { errorText } from "@/error-text";
import { chooseFiles } from "@/features/uploads/choose-files";
import { UploadPanel } from "@/features/uploads/upload-panel";
import { isShown } from "@/features/uploads/upload-text";
import { useUploadFiles } from "@/features/uploads/use-upload-files";
import { OnFirstUse, onDemand, useLoadedWhenIdle } from "@/on-demand";
import { PageHeader } from "@/shell/page-header";
import { useTitle } from "@/shell/use-title";
import { useShortcuts } from "@/shortcuts/shortcuts";
import { DocumentList, type ListHandle } from "./document-list";
import type { DocumentActions } from "./document-row";
import { useHidden } from "./hidden";
import { paramsOf, queryOf, viewOf } from "./library-query";
import { allState, extended, kept, NOTHING, toggled } from "./selection";
import { Toolbar } from "./toolbar";
import { useDocumentActions } from "./use-document-actions";

const RenameDialog = onDemand(async () => (await import("./rename-dialog")).RenameDialog);

/** /: the user's documents. */
export function Component() {
  useTitle("Library");
  useLoadedWhenIdle(RenameDialog);
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => viewOf(params), [params]);
  const change = useCallback(
    (part: Partial<typeof view>) =>
      setParams((now) => paramsOf({ ...viewOf(now), ...part }), { replace: true }),
    [setParams],
  );
  const [text, setText] = useSearchText(view.search, change);
  const list = useDocuments(useMemo(() => queryOf(view), [view]));
  const documents = useShownDocuments(list.documents);
  const order = useMemo(() => documents.map((document) => document.id), [documents]);

  const [selection, setSelection] = useState(NOTHING);
  const selected = useMemo(() => kept(selection, order), [selection, order]);
  const [renaming, setRenaming] = useState<Document | null>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const rows = useRef<ListHandle>(null);
  const uploadFiles = useUploadFiles();
  const upload = useCallback(() => void chooseFiles().then(uploadFiles), [uploadFiles]);

  const { open, rename, download, retry, cancel, remove } = useDocumentActions();
  const latest = useRef({ order, documents });
  latest.current = { order, documents };
  const actions = useMemo<DocumentActions>(
    () => ({
      open,
      download,
      retry,
      cancel,
      rename: setRenaming,
      toggle: (id, range) =>
        setSelection((now) => (range ? extended(now, id, latest.current.order) : toggled(now, id))),
      remove: (ids) => {
        remove(ids, latest.current.documents.find((document) => document.id === ids[0])?.name);
        setSelection(NOTHING);
      },
      anticipate: () => void import("@/features/reader/route"),
    }),
    [open, download, retry, cancel, remove],
  );
  const clear = () => setSelection(NOTHING);
  const toggleAll = () =>
    setSelection(selected.ids.size >= order.length ? NOTHING : { ids: new Set(order), anchor: null });
  const removeSelected = () => {
    const focused = rows.current?.focused();
    const ids = selected.ids.size > 0 ? [...selected.ids] : focused ? [focused] : [];
    if (ids.length === 0) return false;
    const place = Math.min(...ids.map((id) => order.indexOf(id)).filter((at) => at >= 0));
    actions.remove(ids);
    // The focus goes to what took the place of the first that went.
    if (focused) setTimeout(() => rows.current?.goTo(place));
    return true;
  };

  useShortcuts("Library", [
    { keys: "/", label: "Search", run: () => searchBox.current?.focus() },
    { keys: "u", label: "Upload PDFs", run: upload },
    { keys: ["j", "ArrowDown"], label: "Next document", run: () => rows.current?.move(1) },
    { keys: ["k", "ArrowUp"], label: "Previous document", run: () => rows.current?.move(-1) },
    {
      keys: "x",
      label: "Select the document",
      run: () => {
        const id = rows.current?.focused();
        if (id) actions.toggle(id, false);
      },
    },
    { keys: "mod+a", label: "Select all", run: () => setSelection({ ids: new Set(order), anchor: null }) },
    { keys: ["Delete", "Backspace"], label: "Delete what is selected", run: removeSelected },
    { keys: "Escape", label: "Clear the selection", run: clear },
  ]);

  const filtered = view.search.trim() !== "" || view.show !== "all";
  return (
    <div className="flex h-full flex-col">
      <PageHeader>
        <h1 className="shrink-0 font-medium max-md:sr-only">Library</h1>
        <search className="relative mx-auto w-full max-w-md">
          <Search
            aria-hidden
            className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-subtle"
          />
          <Input
            ref={searchBox}
            type="search"
            aria-label="Search documents"
            aria-keyshortcuts="/"
            placeholder="Search documents"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") event.currentTarget.blur();
              if (event.key === "ArrowDown" || event.key === "Enter") {
                event.preventDefault();
                event.currentTarget.blur();
                rows.current?.move(1);
              }
            }}
            className="pl-8.5"
          />
        </search>
        <Button
          look="primary"
          onClick={upload}
          aria-label="Upload PDFs"
          aria-keyshortcuts="u"
          className="max-sm:px-2.5"
        >
          <Upload aria-hidden className="size-4" />
          <span className="max-sm:hidden">Upload</span>
        </Button>
      </PageHeader>
      <UploadPanel />
      {list.isPending ? (
        <Loading />
      ) : list.isError && documents.length === 0 ? (
        <ErrorPanel title="Your documents could not be loaded" onRetry={() => void list.refetch()}>
          {errorText(list.error)}
        </ErrorPanel>
      ) : (
        <>
          {(documents.length > 0 || filtered) && (
            <Toolbar
              view={view}
              onChange={change}
              all={allState(selected, order.length)}
              selected={selected.ids.size}
              onToggleAll={toggleAll}
              onClear={clear}
              onDelete={removeSelected}
            />
          )}
          {documents.length > 0 ? (
            <DocumentList
              documents={documents}
              selected={selected.ids}
              actions={actions}
              hasMore={list.hasNextPage}
              loadingMore={list.isFetchingNextPage}
              onLoadMore={list.fetchNextPage}
              handle={rows}
            />
          ) : filtered ? (
            <EmptyState
              icon={FileSearch}
              title="Nothing matches"
              action={
                <Button
                  onClick={() => {
                    setText("");
                    change({ search: "", show: "all" });
                  }}
                >
                  Show everything
                </Button>
              }
            >
              No document has these words in its name, title or author.
            </EmptyState>
          ) : (
            <FirstVisit onUpload={upload} />
          )}
        </>
      )}
      <OnFirstUse wanted={renaming !== null}>
        <RenameDialog document={renaming} onClose={() => setRenaming(null)} onRename={rename} />
      </OnFirstUse>
    </div>
  );
}

/** What is being typed; the address, and with it the list, follows a moment later. */
function useSearchText(inAddress: string, change: (part: { search: string }) => void) {
  const [text, setText] = useState(inAddress);
  useEffect(() => {
    if (text === inAddress) return;
    const timer = setTimeout(() => change({ search: text }), 150);
    return () => clearTimeout(timer);
  }, [text, inAddress, change]);
  return [text, setText] as const;
}

/** Without what was deleted a moment ago, and without what is still shown as an upload. */
function useShownDocuments(documents: readonly Document[]): readonly Document[] {
  const hidden = useHidden((store) => store.ids);
  const uploads = useUploads();
  const uploading = uploads
    .filter(isShown)
    .map((upload) => upload.documentId)
    .join(" ");
  return useMemo(
    () =>
      documents.filter(
        ({ id, status }) => !hidden.has(id) && !(status === "awaiting_upload" && uploading.includes(id)),
      ),
    [documents, hidden, uploading],
  );
}

function Loading() {
  // A list that is there at once should not flicker.
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label="Loading your documents" className="mt-11">
      {shown &&
        ["w-3/5", "w-2/5", "w-1/2", "w-1/3", "w-2/5"].map((width, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move.
          <div key={index} className="flex h-14 items-center gap-5 border-line border-b px-6">
            <Skeleton className="size-6" />
            <Skeleton className={`h-3.5 ${width}`} />
          </div>
        ))}
    </div>
  );
}

function FirstVisit({ onUpload }: { onUpload: () => void }) {
  return (
    <div className="grid min-h-0 flex-1 place-items-center overflow-y-auto p-4 sm:p-8">
      <div className="w-full max-w-2xl rounded-3xl border-2 border-line-strong/50 border-dashed bg-surface/60">
        <EmptyState
          icon={FileUp}
          title="Drop your first PDF here"
          action={
            <Button look="primary" size="large" onClick={onUpload}>
              <Upload aria-hidden className="size-4" /> Choose PDFs
            </Button>
          }
        >
          Each page is taken apart into headings, paragraphs, tables and figures while you watch. Check them,
          correct them, export them. Files up to 5 GB.
        </EmptyState>
      </div>
    </div>
  );
}
