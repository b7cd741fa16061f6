import type { Zone, ZoneTable } from "@zoned/client";
import { useMemo, useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useDesk, useReaderParts } from "../state/reader-context";
import { useSelectedZone } from "../state/use-zone";
import { regular } from "./grid";
import { TableGrid } from "./table-grid";
import { TableTools } from "./table-tools";
import { useTableDraft } from "./use-table-draft";

/** The cells of a table zone, to be edited. */
export function TableDialog() {
  const editing = useDesk((state) => state.editing);
  const edit = useDesk((state) => state.edit);
  const zone = useSelectedZone();
  const close = () => edit(null);
  if (editing?.what !== "table" || zone?.id !== editing.zoneId || !zone.table) return null;
  return <Editor key={zone.id} zone={zone} table={zone.table} close={close} />;
}

function Editor({ zone, table, close }: { zone: Zone; table: ZoneTable; close: () => void }) {
  // The version that was there when editing began: an edit by somebody else since is a conflict.
  const [base] = useState({ zone, table });
  const whole = useMemo(() => regular(base.table), [base]);
  if (!whole) {
    return (
      <Dialog open onOpenChange={close} title="Edit cells" footer={<Button onClick={close}>Close</Button>}>
        This table is too large to be edited here. It can be exported as it is.
      </Dialog>
    );
  }
  return (
    <CellsEditor
      zone={base.zone}
      table={whole}
      isStale={zone.revision !== base.zone.revision}
      close={close}
    />
  );
}

interface CellsEditorProps {
  zone: Zone;
  table: ZoneTable;
  isStale: boolean;
  close: () => void;
}

function CellsEditor({ zone, table, isStale, close }: CellsEditorProps) {
  const { edits } = useReaderParts();
  const [draft, act] = useTableDraft(table);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const isChanged = draft.table !== table;
  const save = async () => {
    setBusy(true);
    const saved = !isChanged || (await edits.edit(zone, { table: draft.table }, "edit cells"));
    setBusy(false);
    if (saved) close();
  };
  return (
    <Dialog
      open
      onOpenChange={() => (isChanged ? setAsking(true) : close())}
      title="Edit cells"
      description="Arrow keys move, Enter edits a cell, Shift selects several."
      width="wide"
      footer={
        asking ? (
          <>
            <span role="alert" className="mr-auto self-center">
              Close without saving?
            </span>
            <Button onClick={() => setAsking(false)}>Keep editing</Button>
            <Button look="danger" onClick={close}>
              Discard changes
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => (isChanged ? setAsking(true) : close())}>Cancel</Button>
            <Button look="primary" busy={busy} onClick={() => void save()}>
              Save
            </Button>
          </>
        )
      }
    >
      {isStale && (
        <p role="status" className="mb-3 rounded-lg bg-warning-soft px-3 py-1.5 text-warning">
          This table was changed elsewhere while you were editing. When you save, you choose which version
          stays.
        </p>
      )}
      <TableTools draft={draft} act={act} />
      <TableGrid draft={draft} act={act} />
    </Dialog>
  );
}
