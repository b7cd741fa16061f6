import { useQueryClient } from "@tanstack/react-query";
import type { Zone } from "@zoned/client";
import { prefetchZones, useZoned } from "@zoned/client/react";
import { useMemo } from "react";
import { useReaderData, useReaderParts } from "../state/reader-context";
import { findZone, zonesOfPage } from "../state/zone-cache";
import { isShown } from "../state/zone-filter";
import { moveAmongShown } from "./reading-order";

/** What keys and buttons do with zones. */
export interface ZoneActions {
  select(zone: Zone): void;
  /** Selects the zone before (-1) or after (1) the selected one, in reading order, over pages. */
  step(direction: 1 | -1): Promise<void>;
  edit(zone: Zone): void;
  reorder(zone: Zone, direction: 1 | -1): void;
  selected(): Zone | undefined;
}

export function useZoneActions(): ZoneActions {
  const queries = useQueryClient();
  const zoned = useZoned();
  const { documentId, view, desk, panes, edits } = useReaderParts();
  const { pages } = useReaderData();
  const { count } = pages;

  return useMemo(() => {
    const shownOn = async (pageNumber: number) => {
      await prefetchZones(queries, zoned, documentId, [pageNumber]);
      return zonesOfPage(queries, documentId, pageNumber).filter((zone) => isShown(zone, view.getState()));
    };
    const selected = () => {
      const [id] = view.getState().selected;
      return id ? findZone(queries, documentId, id) : undefined;
    };
    const select = (zone: Zone) => {
      view.getState().select([zone.id]);
      panes.reveal(zone);
    };

    async function step(direction: 1 | -1) {
      const from = selected();
      let pageNumber = from?.pageNumber ?? view.getState().page;
      let zones = await shownOn(pageNumber);
      let index = from
        ? zones.findIndex((zone) => zone.id === from.id) + direction
        : direction > 0
          ? 0
          : zones.length - 1;
      // Pages without zones are passed over, a few hundred at most at one press.
      for (let tries = 0; tries < 300; tries += 1) {
        const next = zones[index];
        if (next) {
          select(next);
          return;
        }
        pageNumber += direction;
        if (pageNumber < 1 || pageNumber > count) return;
        zones = await shownOn(pageNumber);
        index = direction > 0 ? 0 : zones.length - 1;
      }
    }

    return {
      select,
      step,
      selected,
      edit: (zone) => {
        const what = zone.kind === "table" && zone.table ? "table" : "text";
        if (view.getState().panes === "page" && what === "text") view.getState().setPanes("both");
        view.getState().select([zone.id]);
        desk.getState().edit({ zoneId: zone.id, what });
        panes.reveal(zone);
      },
      reorder: (zone, direction) => {
        const zones = zonesOfPage(queries, documentId, zone.pageNumber);
        const ids = zones.map(({ id }) => id);
        const shown = new Set(zones.filter((each) => isShown(each, view.getState())).map(({ id }) => id));
        const moved = moveAmongShown(ids, zone.id, direction, (id) => shown.has(id));
        if (moved !== ids) void edits.order(zone.pageNumber, moved);
      },
    } satisfies ZoneActions;
  }, [queries, zoned, documentId, view, desk, panes, edits, count]);
}
