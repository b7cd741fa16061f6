import type { Zone, ZoneKind } from "@zoned/client";
import { useJobs } from "@zoned/client/react";
import { ChevronDown, ChevronUp, History, Pencil, ScanText, Table, Trash2, X } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import { Select } from "@/components/select";
import { Spinner } from "@/components/spinner";
import { KINDS, type Kind } from "@/theme/kinds";
import { useDesk, useReaderData, useReaderParts, useView } from "../state/reader-context";
import { useSelectedZone } from "../state/use-zone";
import { BoxFields } from "./box-fields";
import { useZoneActions } from "./use-zone-actions";

const KIND_OPTIONS = (Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value].label }));
const LEVELS = ["1", "2", "3", "4", "5", "6"].map((value) => ({ value, label: `Level ${value}` }));

/** What can be done with the selected zone. */
export function ZoneBar() {
  const zone = useSelectedZone();
  if (!zone) return null;
  return (
    <section
      aria-label="Selected zone"
      className="z-10 flex shrink-0 flex-wrap items-center gap-x-1.5 gap-y-1 border-line border-t bg-raised px-2.5 py-1.5 sm:px-4"
    >
      <KindFields zone={zone} />
      <Facts zone={zone} />
      <Actions zone={zone} />
    </section>
  );
}

function KindFields({ zone }: { zone: Zone }) {
  const { edits } = useReaderParts();
  const setKind = (kind: ZoneKind) => {
    if (kind === zone.kind) return;
    const level = kind === "heading" ? (zone.level ?? 2) : null;
    void edits.edit(zone, { kind, level }, `make it a ${KINDS[kind].label.toLowerCase()}`);
  };
  const setLevel = (level: string) => void edits.edit(zone, { level: Number(level) }, "change the level");
  return (
    <>
      <span
        aria-hidden
        className="size-2.5 shrink-0 rounded-full"
        style={{ background: KINDS[zone.kind].color }}
      />
      <span className="w-36">
        <Select label="Kind" size="small" value={zone.kind} onValueChange={setKind} options={KIND_OPTIONS} />
      </span>
      {zone.kind === "heading" && (
        <span className="w-24">
          <Select
            label="Level of the heading"
            size="small"
            value={String(zone.level ?? 1)}
            onValueChange={setLevel}
            options={LEVELS}
          />
        </span>
      )}
    </>
  );
}

/** Where the zone comes from, and how sure the engine is. */
function Facts({ zone }: { zone: Zone }) {
  const { data: jobs } = useJobs(zone.documentId);
  const job = jobs?.find(({ params }) => params.kind === "process_zone" && params.zoneId === zone.id);
  let fact: ReactNode = `${Math.round(zone.confidence * 100)} % sure`;
  if (job?.state === "queued" || job?.state === "running") {
    fact = (
      <span className="inline-flex items-center gap-1.5">
        <Spinner /> Being read
      </span>
    );
  } else if (job?.state === "dead") {
    return <Badge tone="danger">{job.error?.message ?? "It could not be read."}</Badge>;
  } else if (zone.origin === "user") fact = "Drawn by you";
  else if (zone.edited) fact = "Changed by you";
  return (
    <span role="status" className="px-1.5 text-ink-muted">
      {fact}
    </span>
  );
}

function Actions({ zone }: { zone: Zone }) {
  const { edits } = useReaderParts();
  const { pages } = useReaderData();
  const setDialog = useDesk((state) => state.open);
  const select = useView((state) => state.select);
  const actions = useZoneActions();
  const isTable = zone.kind === "table" && zone.table !== null;
  const page = pages.sizes[zone.pageNumber - 1];
  return (
    <div className="ml-auto flex flex-wrap items-center gap-0.5">
      <Button look="ghost" size="small" onClick={() => actions.edit(zone)}>
        {isTable ? <Table aria-hidden className="size-3.75" /> : <Pencil aria-hidden className="size-3.75" />}
        {isTable ? "Edit cells" : "Edit text"}
      </Button>
      {page && <BoxFields zone={zone} page={page} />}
      <IconButton
        label="Earlier in the reading order"
        shortcut="["
        size="small"
        onClick={() => actions.reorder(zone, -1)}
      >
        <ChevronUp aria-hidden />
      </IconButton>
      <IconButton
        label="Later in the reading order"
        shortcut="]"
        size="small"
        onClick={() => actions.reorder(zone, 1)}
      >
        <ChevronDown aria-hidden />
      </IconButton>
      <IconButton
        label="Read this zone again"
        shortcut="r"
        size="small"
        onClick={() => void edits.reread(zone)}
      >
        <ScanText aria-hidden />
      </IconButton>
      <IconButton label="History of this zone" shortcut="h" size="small" onClick={() => setDialog("history")}>
        <History aria-hidden />
      </IconButton>
      <IconButton
        label="Delete this zone"
        shortcut="Delete"
        size="small"
        onClick={() => void edits.remove(zone)}
      >
        <Trash2 aria-hidden />
      </IconButton>
      <IconButton label="Deselect" shortcut="Escape" size="small" onClick={() => select([])}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
