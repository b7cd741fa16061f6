import { useParams } from "react-router";
import { Reader } from "./reader";

/** /documents/:documentId */
export function Component() {
  const { documentId } = useParams();
  return documentId ? <Reader key={documentId} documentId={documentId} /> : null;
}
