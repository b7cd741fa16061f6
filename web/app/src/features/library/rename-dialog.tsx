import type { Document } from "@zoned/client";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { Input } from "@/components/input";

interface RenameDialogProps {
  /** The document to rename; null when closed. */
  document: Document | null;
  onClose: () => void;
  onRename: (document: Document, name: string) => void;
}

/** Asks for another name. */
export function RenameDialog({ document, onClose, onRename }: RenameDialogProps) {
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (!name) {
      setProblem("A document needs a name.");
      return;
    }
    if (document && name !== document.name) onRename(document, name);
    close();
  };
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  return (
    <Dialog
      open={document !== null}
      onOpenChange={(open) => !open && close()}
      title="Rename document"
      width="narrow"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Name" error={problem}>
          {(control) => (
            <Input
              {...control}
              name="name"
              defaultValue={document?.name}
              maxLength={255}
              ref={selectStem}
              data-autofocus
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button look="ghost" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" look="primary">
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Selects the name without its ending, which mostly stays, when the dialog opens. */
function selectStem(input: HTMLInputElement | null): void {
  if (!input) return;
  const end = input.value.lastIndexOf(".");
  input.setSelectionRange(0, end > 0 ? end : input.value.length);
}
