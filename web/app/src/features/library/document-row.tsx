import type { Document } from "@zoned/client";
import { CircleStop, Download, Ellipsis, FileText, PencilLine, RotateCw, Trash2 } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { Checkbox } from "@/components/checkbox";
import { classes } from "@/components/classes";
import { IconButton } from "@/components/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/components/menu";
import { formatBytes, formatCount, formatWhen } from "@/format";
import { DocumentStatusCell } from "./document-status";
import { failureText } from "./status-text";

/** What can be done with a document of the list. */
export interface DocumentActions {
  toggle: (id: string, range: boolean) => void;
  open: (id: string) => void;
  rename: (document: Document) => void;
  download: (document: Document) => void;
  retry: (document: Document) => void;
  cancel: (document: Document) => void;
  remove: (ids: readonly string[]) => void;
  /** The document may be opened soon: its data can be fetched. */
  anticipate: (id: string) => void;
}

interface DocumentRowProps {
  document: Document;
  selected: boolean;
  /** Whether anything is selected: the boxes are then in sight everywhere. */
  selecting: boolean;
  actions: DocumentActions;
}

/** Whether there is something to read: pages come while the document is worked on. */
export function canOpen({ status, progress, pageCount }: Document): boolean {
  return (
    status === "ready" ||
    status === "processing" ||
    (progress?.pagesDone ?? 0) > 0 ||
    (status !== "awaiting_upload" && pageCount !== null)
  );
}

/** One document: its name, what it is doing, its size. */
export const DocumentRow = memo(function DocumentRow({
  document,
  selected,
  selecting,
  actions,
}: DocumentRowProps) {
  const { id, name, status, byteSize, pageCount, createdAt } = document;
  const working = status === "queued" || status === "processing";
  const facts = [
    pageCount !== null && formatCount(pageCount, "page"),
    byteSize !== null && formatBytes(byteSize),
    formatWhen(new Date(createdAt)),
  ].filter(Boolean);
  return (
    <div
      data-document={id}
      className={classes(
        "group mx-auto grid h-full max-w-[110rem] items-center gap-x-3 px-3 transition-colors sm:px-4",
        "grid-cols-[auto_minmax(0,1fr)_auto] md:grid-cols-[auto_minmax(0,1fr)_13rem_6.5rem_5.5rem_7.5rem_auto]",
        selected ? "bg-accent-soft" : "hover:bg-hover/60",
      )}
    >
      <span className="relative inline-flex size-9 items-center justify-center max-md:row-span-2">
        <FileText
          aria-hidden
          strokeWidth={1.5}
          className={classes(
            "size-5 text-ink-subtle group-focus-within:invisible group-hover:invisible",
            (selected || selecting) && "invisible",
          )}
        />
        <Checkbox
          aria-label={`Select ${name}`}
          checked={selected}
          onClick={(event) => {
            event.preventDefault();
            actions.toggle(id, event.shiftKey);
          }}
          className={classes(
            "absolute! opacity-0 group-focus-within:opacity-100 group-hover:opacity-100",
            (selected || selecting) && "opacity-100!",
          )}
        />
      </span>
      <div className="min-w-0">
        {canOpen(document) ? (
          <Link
            to={`/documents/${id}`}
            data-row-link
            title={name}
            onPointerEnter={() => actions.anticipate(id)}
            onFocus={() => actions.anticipate(id)}
            className="block truncate rounded-sm font-medium text-ink hover:text-accent"
          >
            {name}
          </Link>
        ) : (
          <p data-row-link tabIndex={-1} title={name} className="truncate font-medium">
            {name}
          </p>
        )}
        {status === "failed" && document.error?.code !== "canceled" ? (
          <p className="line-clamp-4 text-[0.929rem] text-danger">{failureText(document.error)}</p>
        ) : (
          <p className="truncate text-[0.929rem] text-ink-muted tabular-nums md:hidden">
            {facts.join(" · ")}
          </p>
        )}
      </div>
      <div
        className={classes(
          "max-md:col-start-2 max-md:row-start-2 max-md:mt-1",
          // On a phone, "ready" goes without saying.
          status === "ready" && "max-md:sr-only",
        )}
      >
        <DocumentStatusCell document={document} />
      </div>
      <span className="whitespace-nowrap text-right text-ink-muted tabular-nums max-md:hidden">
        {pageCount === null ? "" : formatCount(pageCount, "page")}
      </span>
      <span className="whitespace-nowrap text-right text-ink-muted tabular-nums max-md:hidden">
        {byteSize === null ? "" : formatBytes(byteSize)}
      </span>
      <time
        dateTime={createdAt}
        title={new Date(createdAt).toLocaleString("en-GB")}
        className="whitespace-nowrap text-right text-ink-muted max-md:hidden"
      >
        {formatWhen(new Date(createdAt))}
      </time>
      <Menu
        trigger={
          <IconButton
            label={`Actions for ${name}`}
            size="small"
            className="max-md:col-start-3 max-md:row-span-2 max-md:row-start-1"
          >
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        {canOpen(document) && (
          <MenuItem onSelect={() => actions.open(id)}>
            <FileText aria-hidden /> Open
          </MenuItem>
        )}
        {status === "failed" && (
          <MenuItem onSelect={() => actions.retry(document)}>
            <RotateCw aria-hidden /> Try again
          </MenuItem>
        )}
        {working && (
          <MenuItem onSelect={() => actions.cancel(document)}>
            <CircleStop aria-hidden /> Stop processing
          </MenuItem>
        )}
        <MenuItem onSelect={() => actions.rename(document)}>
          <PencilLine aria-hidden /> Rename…
        </MenuItem>
        {status !== "awaiting_upload" && (
          <MenuItem onSelect={() => actions.download(document)}>
            <Download aria-hidden /> Download the PDF
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem danger onSelect={() => actions.remove([id])}>
          <Trash2 aria-hidden /> Delete
        </MenuItem>
      </Menu>
    </div>
  );
});
