import { TriangleAlert } from "lucide-react";
import { memo } from "react";
import { Skeleton } from "@/components/skeleton";
import type { Size } from "../geometry/box";
import type { Rotation } from "../geometry/rotation";
import { PageCanvas } from "../pdf/page-canvas";
import { useDesk, useReaderData, useView } from "../state/reader-context";
import { useSettled } from "../state/use-settled";
import { useShownZones } from "../state/use-shown-zones";
import { BoxEditor } from "./box-editor";
import { DrawLayer } from "./draw-layer";
import { ZoneLayer } from "./zone-layer";

export interface PageFrameProps {
  index: number;
  /** In points, upright. */
  page: Size;
  /** Pixels a point. */
  scale: number;
  rotation: Rotation;
  top: number;
  left: number;
  width: number;
  height: number;
  /** Pages between this one and the current. */
  distance: number;
}

/** One page: its picture, its zones, and what happened to it. */
export const PageFrame = memo(function PageFrame(props: PageFrameProps) {
  const { index, page, scale, rotation, top, left, width, height, distance } = props;
  const pageNumber = index + 1;
  const { pages, pdf } = useReaderData();
  const known = pages.get(pageNumber);
  const settled = useSettled();
  const zonesVisible = useView((state) => state.zonesVisible);
  const isDrawing = useDesk((state) => state.tool === "draw");
  const isRead = known !== undefined && known.error === null;
  const { shown } = useShownZones(pageNumber, isRead && settled);
  const surface = { page, scale, rotation };

  return (
    <div
      data-page={pageNumber}
      className="absolute bg-white text-black shadow-low ring-1 ring-line"
      style={{ top, left, width, height }}
    >
      {pdf.source ? (
        <PageCanvas
          source={pdf.source}
          pageNumber={pageNumber}
          size={{ width, height }}
          rotation={rotation}
          priority={distance}
        />
      ) : (
        !pdf.error && <Skeleton className="absolute inset-0 rounded-none bg-black/5" />
      )}
      {zonesVisible && <ZoneLayer zones={shown} {...surface} />}
      {zonesVisible && !isDrawing && <BoxEditor zones={shown} {...surface} />}
      {isDrawing && isRead && <DrawLayer pageNumber={pageNumber} {...surface} />}
      <PageNote pageNumber={pageNumber} />
    </div>
  );
});

/** What is to be said about a page: that it is waited for, or why it could not be read. */
function PageNote({ pageNumber }: { pageNumber: number }) {
  const { pages, document } = useReaderData();
  const known = pages.get(pageNumber);
  if (known?.error) {
    return (
      <p className="absolute inset-x-0 top-0 flex items-center gap-2 bg-danger-soft px-3 py-1.5 text-danger">
        <TriangleAlert aria-hidden className="size-4 shrink-0" />
        This page could not be read: {known.error.message}
      </p>
    );
  }
  if (known || (document.status !== "processing" && document.status !== "queued")) return null;
  return (
    <span className="absolute top-2 right-2 animate-pulse rounded-md bg-raised px-2 py-0.5 text-[0.857rem] text-ink-muted ring-1 ring-line">
      Not read yet
    </span>
  );
}
