import { useParams } from "react-router";
import { PageHeader } from "@/shell/page-header";
import { useTitle } from "@/shell/use-title";

/** /documents/:documentId */
export function Component() {
  const { documentId } = useParams();
  useTitle("Reader");
  return (
    <PageHeader>
      <h1 className="truncate">{documentId}</h1>
    </PageHeader>
  );
}
