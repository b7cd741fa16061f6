import type { ZoneConflict } from "@zoned/client/react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useDesk, useReaderParts } from "../state/reader-context";
import { changed, differences } from "./describe-zone";
import { DiffText } from "./diff-text";

/** Somebody else's edit came first: shows both, and asks which stays. */
export function ConflictDialog() {
  const conflict = useDesk((state) => state.conflict);
  const setConflict = useDesk((state) => state.setConflict);
  const edit = useDesk((state) => state.edit);
  if (!conflict) return null;
  const dismiss = () => setConflict(null);
  const settle = () => {
    dismiss();
    // What was typed is saved or given up now.
    edit(null);
  };
  return <Choice key={conflict.current.revision} conflict={conflict} dismiss={dismiss} settle={settle} />;
}

interface ChoiceProps {
  conflict: ZoneConflict;
  /** Closes the dialog, and leaves what is being edited as it is. */
  dismiss: () => void;
  /** Closes the dialog and the editor. */
  settle: () => void;
}

function Choice({ conflict, dismiss, settle }: ChoiceProps) {
  const { edits } = useReaderParts();
  const { before, current, mine } = conflict;
  const isDeletion = Object.keys(mine).length === 0;
  const keepMine = () => {
    settle();
    if (isDeletion) void edits.remove(current);
    else void edits.edit(current, mine, "keep my version");
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && dismiss()}
      title="This zone was changed elsewhere"
      description="Somebody saved another version while you were editing. Nothing is lost: whichever you choose, the history keeps both."
      width="wide"
      footer={
        <>
          <Button onClick={settle}>Keep theirs</Button>
          <Button look="primary" onClick={keepMine}>
            {isDeletion ? "Delete it all the same" : "Use mine"}
          </Button>
        </>
      }
    >
      <div className="grid gap-3 md:grid-cols-2">
        <Version title="Theirs, saved now" from={before} to={current} />
        {isDeletion ? (
          <section aria-label="Yours" className="rounded-xl border border-line p-3.5">
            <h3 className="font-medium">Yours</h3>
            <p className="mt-1 text-ink-muted">You wanted to delete the zone.</p>
          </section>
        ) : (
          <Version title="Yours, not saved yet" from={before} to={changed(before, mine)} />
        )}
      </div>
    </Dialog>
  );
}

type Body = Parameters<typeof differences>[0];

function Version({ title, from, to }: { title: string; from: Body; to: Body }) {
  const found = differences(from, to);
  return (
    <section aria-label={title} className="rounded-xl border border-line p-3.5">
      <h3 className="font-medium">{title}</h3>
      {found.length === 0 && <p className="mt-1 text-ink-muted">The same as before.</p>}
      <dl className="mt-2 flex flex-col gap-2.5">
        {found.map(({ what, label, before, after }) => (
          <div key={what}>
            <dt className="text-[0.929rem] text-ink-subtle">{label}</dt>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll it. */}
            <dd tabIndex={0} className="max-h-60 overflow-y-auto">
              <DiffText before={before} after={after} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
