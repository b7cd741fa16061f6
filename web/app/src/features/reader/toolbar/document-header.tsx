import { Download } from "lucide-react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { PageHeader } from "@/shell/page-header";
import { useDesk, useReaderData } from "../state/reader-context";

/** The document's name and what is done with it as a whole, in the bar at the top. */
export function DocumentHeader() {
  const { document } = useReaderData();
  const open = useDesk((state) => state.open);
  return (
    <PageHeader>
      <h1 className="min-w-0 truncate font-medium" title={document.name}>
        {document.name}
      </h1>
      {document.status === "failed" && <Badge tone="danger">Failed</Badge>}
      <Button size="small" className="ml-auto" onClick={() => open("export")}>
        <Download aria-hidden className="size-3.75" />
        <span className="max-sm:sr-only">Export</span>
      </Button>
    </PageHeader>
  );
}
