import { useSettings } from "@zoned/client/react";
import { Dialog } from "@/components/dialog";
import { defaultsOf } from "@/features/settings/defaults";
import { firstChoice } from "./export-choice";
import { ExportForm } from "./export-form";
import { ExportList } from "./export-list";

interface ExportDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  documentId: string;
  documentName: string;
  pageCount: number | null;
  /** Whether the document was read to its end. */
  isReady: boolean;
}

/** Asks for exports of a document, follows them, and gives their files. */
export function ExportDialog({ open, onOpenChange, ...document }: ExportDialogProps) {
  const { settings, isPending } = useSettings();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Export ${document.documentName}`} width="wide">
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-[3fr_2fr]">
        {!isPending && <ExportForm {...document} first={firstChoice(defaultsOf(settings))} />}
        <ExportList documentId={document.documentId} documentName={document.documentName} />
      </div>
    </Dialog>
  );
}
