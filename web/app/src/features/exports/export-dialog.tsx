import { Dialog } from "@/components/dialog";
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
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={`Export ${document.documentName}`} width="wide">
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-[3fr_2fr]">
        <ExportForm {...document} />
        <ExportList documentId={document.documentId} documentName={document.documentName} />
      </div>
    </Dialog>
  );
}
