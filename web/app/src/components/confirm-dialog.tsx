import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will be so afterwards. */
  description: ReactNode;
  /** What the button says that does it. */
  action: string;
  busy: boolean;
  /** Why it did not work. */
  failure?: ReactNode;
  onConfirm: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onClose, title, description, action, busy, failure, onConfirm } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={(now) => !now && onClose()}
      title={title}
      description={description}
      width="narrow"
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button look="danger" busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {failure}
    </Dialog>
  );
}
