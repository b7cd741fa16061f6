import { ZONE_KINDS, type ZoneKind } from "@zoned/client";
import type { Panes, Zoom } from "@zoned/client/react";
import type { Position } from "../geometry/page-layout";
import type { Rotation } from "../geometry/rotation";

/** Where somebody left off in a document, as kept between visits. */
export interface ViewState {
  readonly position: Position;
  readonly zoom: Zoom;
  readonly rotation: Rotation;
  readonly panes: Panes | null;
  readonly split: number;
  readonly hiddenKinds: readonly ZoneKind[];
  readonly minConfidence: number;
  readonly zonesVisible: boolean;
  readonly follow: boolean;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const within = (value: unknown, low: number, high: number, otherwise: number) =>
  isNumber(value) ? Math.min(Math.max(value, low), high) : otherwise;

const oneOf = <Value>(value: unknown, values: readonly Value[]): Value | null =>
  values.find((each) => each === value) ?? null;

/** Reads what was kept. It may be of another version, or anybody's: what is not understood is left out. */
export function parseViewState(kept: Readonly<Record<string, unknown>>): ViewState {
  const { page, fraction, zoom, hiddenKinds } = kept as Partial<Record<string, unknown>>;
  return {
    position: { index: Math.trunc(within(page, 1, 1e6, 1)) - 1, fraction: within(fraction, 0, 1, 0) },
    zoom: isNumber(zoom) ? zoom : (oneOf<Zoom>(zoom, ["width", "page"]) ?? "width"),
    rotation: oneOf<Rotation>(kept["rotation"], [0, 90, 180, 270]) ?? 0,
    panes: oneOf<Panes>(kept["panes"], ["both", "page", "content"]),
    split: within(kept["split"], 0.15, 0.85, 0.5),
    hiddenKinds: Array.isArray(hiddenKinds) ? ZONE_KINDS.filter((kind) => hiddenKinds.includes(kind)) : [],
    minConfidence: within(kept["minConfidence"], 0, 1, 0),
    zonesVisible: kept["zonesVisible"] !== false,
    follow: kept["follow"] !== false,
  };
}
