import type { Zone } from "@zoned/client";
import { TriangleAlert } from "lucide-react";
import { memo, useMemo } from "react";
import { Button } from "@/components/button";
import { Skeleton } from "@/components/skeleton";
import { useReaderData, useView } from "../state/reader-context";
import { useSettled } from "../state/use-settled";
import { useShownZones } from "../state/use-shown-zones";
import { outline, PAGE_LEVEL } from "./outline";
import { ZoneBlock } from "./zone-block";

/** What was extracted from one page, in reading order. */
export const PageContent = memo(function PageContent({ pageNumber }: { pageNumber: number }) {
  const { pages } = useReaderData();
  const known = pages.get(pageNumber);
  const settled = useSettled();
  const isRead = known !== undefined && known.error === null;
  const { all, shown, error, isPending, refetch } = useShownZones(pageNumber, isRead && settled);
  return (
    <section aria-label={`Page ${pageNumber}`} className="mx-auto max-w-3xl px-3 pb-3 sm:px-5">
      <h2 className="flex items-center gap-3 pt-4 pb-2 text-[0.857rem] text-ink-subtle tabular-nums">
        Page {pageNumber}
        <span aria-hidden className="h-px flex-1 bg-line" />
      </h2>
      {known?.error ? (
        <p className="flex items-start gap-2 rounded-lg bg-danger-soft px-3 py-2 text-danger">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>This page could not be read: {known.error.message}</span>
        </p>
      ) : error ? (
        <div role="alert" className="flex items-center gap-3 text-danger">
          The zones of this page cannot be loaded.
          <Button size="small" onClick={() => void refetch()}>
            Try again
          </Button>
        </div>
      ) : !known ? (
        <Unread pageNumber={pageNumber} />
      ) : isPending || !settled ? (
        <Waiting label={`Loading page ${pageNumber}`} />
      ) : (
        <Blocks pageNumber={pageNumber} zones={shown} hidden={all.length - shown.length} />
      )}
    </section>
  );
});

function Blocks({
  pageNumber,
  zones,
  hidden,
}: {
  pageNumber: number;
  zones: readonly Zone[];
  hidden: number;
}) {
  const isCurrent = useView((state) => state.page === pageNumber);
  const levels = useMemo(() => outline(zones), [zones]);
  if (zones.length === 0) {
    return (
      <p className="text-ink-subtle">
        {hidden > 0
          ? `All ${hidden} zones of this page are hidden by the filter.`
          : "Nothing was found on this page."}
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      {zones.map((zone, index) => (
        <ZoneBlock
          key={zone.id}
          zone={zone}
          place={index + 1}
          of={zones.length}
          isEntry={isCurrent && index === 0}
          outlineLevel={levels.get(zone.id) ?? PAGE_LEVEL + 1}
        />
      ))}
    </div>
  );
}

/** A page nobody has read: because that is still to come, or because it will not. */
function Unread({ pageNumber }: { pageNumber: number }) {
  const { document } = useReaderData();
  if (document.status === "failed") return <p className="text-ink-subtle">This page was not read.</p>;
  return <Waiting label={`Page ${pageNumber} is not read yet`} />;
}

function Waiting({ label }: { label: string }) {
  return (
    <div data-waiting className="flex flex-col gap-2.5 py-1">
      <span className="sr-only">{label}</span>
      <Skeleton className="h-5 w-2/5" />
      <Skeleton className="h-3.5" />
      <Skeleton className="h-3.5 w-11/12" />
      <Skeleton className="h-3.5 w-4/5" />
    </div>
  );
}
