import { useQueryClient } from "@tanstack/react-query";
import {
  type Box,
  isZonedError,
  toZonedError,
  type Zone,
  type ZoneChange,
  type ZoneKind,
} from "@zoned/client";
import {
  type ReaderState,
  useDeleteZone,
  useDrawZone,
  useOrderZones,
  useReprocessZone,
  useRestoreZone,
  useUpdateZone,
  useZoned,
} from "@zoned/client/react";
import { useMemo, useRef } from "react";
import type { StoreApi } from "zustand";
import { toast } from "@/components/toast-store";
import type { DeskState } from "../state/desk";
import type { PaneSync } from "../state/pane-sync";
import { findZone, zonesOfPage } from "../state/zone-cache";
import type { UndoStack } from "./undo-stack";
import { ChangedSince, ZoneSteps } from "./zone-steps";

/** Everything that changes zones. Failures are told to the user; the promises never reject. */
export interface ZoneEdits {
  readonly stack: UndoStack;
  /** Whether it was saved; a conflict opens the dialog that asks which version stays. */
  edit(zone: Zone, change: ZoneChange, label: string): Promise<boolean>;
  remove(zone: Zone): Promise<void>;
  order(pageNumber: number, ids: readonly string[]): Promise<void>;
  draw(pageNumber: number, bbox: Box, kind: ZoneKind | null): Promise<void>;
  reread(zone: Zone): Promise<void>;
  restore(zoneId: string, toRevision: number): Promise<boolean>;
  undo(): Promise<void>;
  redo(): Promise<void>;
}

interface Parts {
  readonly documentId: string;
  readonly view: StoreApi<ReaderState>;
  readonly desk: StoreApi<DeskState>;
  readonly panes: PaneSync;
}

/** The edits of one document, with undo and redo. */
export function useZoneEdits({ documentId, view, desk, panes }: Parts): ZoneEdits {
  const queries = useQueryClient();
  const zoned = useZoned();
  const latest = useRef({
    update: useUpdateZone(documentId),
    remove: useDeleteZone(documentId),
    order: useOrderZones(documentId),
    restore: useRestoreZone(documentId),
    draw: useDrawZone(documentId),
    reprocess: useReprocessZone(documentId),
  });

  return useMemo(() => {
    const mutations = latest.current;
    const find = async (zoneId: string) =>
      findZone(queries, documentId, zoneId) ?? (await zoned.zones.get(zoneId));
    const show = (zoneId: string) => {
      const zone = findZone(queries, documentId, zoneId);
      if (!zone) return;
      view.getState().select([zoneId]);
      panes.reveal(zone);
    };
    const steps = new ZoneSteps(
      {
        find,
        onPage: (pageNumber) => zonesOfPage(queries, documentId, pageNumber),
        update: (zone, change) => mutations.update.mutateAsync({ zone, change }),
        remove: async (zone) => void (await mutations.remove.mutateAsync(zone)),
        restore: (zoneId, toRevision, revision) =>
          mutations.restore.mutateAsync({
            zoneId,
            toRevision,
            ...(revision === undefined ? {} : { revision }),
          }),
        order: (pageNumber, ids) => mutations.order.mutateAsync({ pageNumber, ids }),
        draw: (pageNumber, bbox, kind) =>
          mutations.draw.mutateAsync({ pageNumber, bbox, ...(kind ? { kind } : {}) }),
        wasReadSince: async (zone) => {
          const revisions = await zoned.zones.revisions(zone.id);
          const former = revisions.find(({ revision }) => revision === zone.revision);
          return former?.operation === "update" && former.changedBy === "engine";
        },
        reread: (zone, kind) => mutations.reprocess.mutateAsync({ zone, ...(kind ? { kind } : {}) }),
      },
      show,
    );
    const { tell } = desk.getState();

    /** Says what went wrong; somebody else's edit of a zone that was being changed is a choice to make. */
    function report(title: string, failure: unknown, edited?: { zone: Zone; change: ZoneChange }): false {
      if (failure instanceof ChangedSince) {
        const action = { label: "History", run: () => desk.getState().open("history") };
        toast({ title, description: failure.message, tone: "danger", action });
        return false;
      }
      const error = toZonedError(failure);
      if (edited && error.code === "conflict" && error.current) {
        desk.getState().setConflict({ mine: edited.change, before: edited.zone, current: error.current });
        return false;
      }
      const gone = error.code === "not_found";
      toast({
        title,
        description: gone
          ? "The zone was deleted elsewhere. Its history can bring it back."
          : `${error.message} ${error.hint}`,
        tone: "danger",
      });
      return false;
    }

    async function attempt(
      title: string,
      work: Promise<unknown>,
      edited?: Parameters<typeof report>[2],
    ): Promise<boolean> {
      try {
        await work;
        return true;
      } catch (failure) {
        return report(title, failure, edited);
      }
    }

    async function travel(direction: "undo" | "redo") {
      const [done, title] = direction === "undo" ? ["Undone", "Cannot undo"] : ["Redone", "Cannot redo"];
      try {
        const label = await steps.stack[direction]();
        tell(label === null ? `There is nothing to ${direction}.` : `${done}: ${label}`);
      } catch (failure) {
        report(title, failure);
      }
    }

    return {
      stack: steps.stack,
      edit: async (zone, change, label) => {
        const saved = await attempt("The change was not saved", steps.edit(zone, change, label), {
          zone,
          change,
        });
        if (saved) tell(`Saved: ${label}`);
        return saved;
      },
      remove: async (zone) => {
        view.getState().select([]);
        const removed = await attempt("The zone was not deleted", steps.remove(zone), {
          zone,
          change: {},
        });
        if (removed)
          toast({ title: "Zone deleted", action: { label: "Undo", run: () => void travel("undo") } });
      },
      order: async (pageNumber, ids) => {
        await attempt("The order was not changed", steps.order(pageNumber, ids));
      },
      draw: async (pageNumber, bbox, kind) => {
        await attempt(
          "The zone was not drawn",
          steps.draw(pageNumber, bbox, kind ?? undefined).then((zoneId) => {
            if (!zoneId) return;
            view.getState().select([zoneId]);
            tell("Zone drawn. The text under it is being read.");
          }),
        );
      },
      reread: async (zone) => {
        const asked = await attempt("The zone cannot be read again", steps.reread(zone, undefined));
        if (asked) tell("The zone is being read again.");
      },
      restore: async (zoneId, toRevision) => {
        const restored = await attempt(
          "The version was not restored",
          find(zoneId)
            .catch((failure: unknown) => {
              if (isZonedError(failure, "not_found")) return null;
              throw failure;
            })
            .then((current) => steps.restore(zoneId, toRevision, current)),
        );
        if (restored) {
          tell("Version restored.");
          show(zoneId);
        }
        return restored;
      },
      undo: () => travel("undo"),
      redo: () => travel("redo"),
    } satisfies ZoneEdits;
  }, [queries, zoned, documentId, view, desk, panes]);
}
