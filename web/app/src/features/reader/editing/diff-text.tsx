import { useMemo } from "react";
import { diffWords, newFirst } from "./word-diff";

/** A text with what differs from another marked. */
export function DiffText({ before, after }: { before: string; after: string }) {
  const parts = useMemo(() => newFirst(diffWords(before, after)), [before, after]);
  // Two texts that have nothing in common stand one below the other.
  const isWhole = parts.length === 2 && parts[1]?.kind === "removed";
  return (
    <div className={`whitespace-pre-wrap break-words ${isWhole ? "flex flex-col gap-1" : ""}`}>
      {parts.map((part, index) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have nothing else to be told apart by, and are never moved.
        if (part.kind === "same") return <span key={index}>{part.text}</span>;
        return part.kind === "removed" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <del key={index} className="ml-0.5 rounded bg-danger-soft text-danger">
            {part.text}
          </del>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <ins key={index} className="rounded bg-success-soft text-success no-underline">
            {part.text}
          </ins>
        );
      })}
    </div>
  );
}
