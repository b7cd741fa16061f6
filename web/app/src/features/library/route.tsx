import { FileUp } from "lucide-react";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/shell/page-header";
import { useTitle } from "@/shell/use-title";

/** / */
export function Component() {
  useTitle("Library");
  return (
    <>
      <PageHeader>
        <h1 className="font-medium">Library</h1>
      </PageHeader>
      <EmptyState icon={FileUp} title="No documents yet" />
    </>
  );
}
