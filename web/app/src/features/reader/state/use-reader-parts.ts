import type { JsonObject } from "@zoned/client";
import { createReaderStore } from "@zoned/client/react";
import { useEffect, useState } from "react";
import { useZoneEdits } from "../editing/use-zone-edits";
import { createDesk } from "./desk";
import { keepPlace } from "./kept-place";
import { PaneSync } from "./pane-sync";
import type { ReaderParts } from "./reader-context";
import { parseViewState } from "./view-state";

type Save = (patch: JsonObject) => void;

/** Sets up a reader where its user left off, and keeps what changes for the next visit. */
export function useNewReaderParts(
  documentId: string,
  kept: JsonObject,
  save: Save,
  isNarrow: boolean,
): ReaderParts {
  const [parts] = useState(() => {
    const { position, rotation, follow, panes, ...shown } = parseViewState(kept);
    return {
      documentId,
      view: createReaderStore({
        ...shown,
        panes: panes ?? (isNarrow ? "page" : "both"),
        page: position.index + 1,
      }),
      desk: createDesk({ rotation, follow }),
      panes: new PaneSync(),
      place: keepPlace(position, ({ index, fraction }) =>
        save({ page: index + 1, fraction: Math.round(fraction * 1e4) / 1e4 }),
      ),
    };
  });
  const edits = useZoneEdits(parts);
  const [all] = useState(() => ({ ...parts, edits }));
  useKeep(all, save);
  return all;
}

function useKeep({ view, desk, panes }: ReaderParts, save: Save): void {
  useEffect(() => {
    const endView = view.subscribe((now, old) => {
      const { zoom, panes: shown, split, hiddenKinds, minConfidence, zonesVisible } = now;
      const patch = { zoom, panes: shown, split, hiddenKinds: [...hiddenKinds], minConfidence, zonesVisible };
      if ((Object.keys(patch) as (keyof typeof patch)[]).some((key) => now[key] !== old[key])) save(patch);
    });
    const endDesk = desk.subscribe((now, old) => {
      panes.enabled = now.follow;
      if (now.rotation !== old.rotation || now.follow !== old.follow) {
        save({ rotation: now.rotation, follow: now.follow });
      }
    });
    panes.enabled = desk.getState().follow;
    return () => {
      endView();
      endDesk();
    };
  }, [view, desk, panes, save]);
}
