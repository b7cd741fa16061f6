import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isZonedError } from "../error.js";
import type { Box, Zone, ZoneKind } from "../model/zone.js";
import { tableText } from "../model/zone.js";
import type { NewZone, ZoneChange } from "../zones.js";
import { patchZones, sortedZones, withZone } from "./cache.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/** Somebody else's edit came first: what this one wanted, and the zone as it is now. */
export interface ZoneConflict {
  readonly mine: ZoneChange;
  readonly before: Zone;
  readonly current: Zone;
}

/** Options of edits. */
export interface UseZoneEditOptions {
  /**
   * Somebody else's edit came first. The zone is shown as it is now; edit that one again to have it one's own way.
   */
  readonly onConflict?: ((conflict: ZoneConflict) => void) | undefined;
}

/** The zone as it will be, as far as that is known before the server tells. */
function edited(zone: Zone, change: ZoneChange): Zone {
  const kind = change.kind ?? zone.kind;
  // A zone that becomes of another kind leaves behind what only the old one has.
  const kept = { table: kind === "table" ? zone.table : null, items: kind === "list" ? zone.items : null };
  const hasLevel = kind === zone.kind || kind === "heading" || kind === "list_item";
  return {
    ...zone,
    kind,
    level: change.level !== undefined ? change.level : hasLevel ? zone.level : null,
    bbox: change.bbox ?? zone.bbox,
    readingOrder: change.readingOrder ?? zone.readingOrder,
    content: change.content ?? (change.table ? tableText(change.table) : zone.content),
    table: change.table !== undefined ? change.table : kept.table,
    items: change.items !== undefined ? change.items : kept.items,
    edited: true,
    // As the server will count: the event of this very edit then brings nothing new.
    revision: zone.revision + 1,
  };
}

/** Edits of a document's zones are sent one after another: each builds on the revision that the one before made. */
const scopeOf = (documentId: string) => ({ id: `zoned.zones.${documentId}` });

/**
 * Edits zones of a document: shown at once, taken back when it fails. Sent only if the zone is still at the revision
 * that was edited; otherwise the zone is shown as it is now and `onConflict` is called.
 *
 * @example
 * ```tsx
 * import type { Zone } from "@zoned/client";
 * import { useUpdateZone } from "@zoned/client/react";
 *
 * export function Heading({ zone }: { zone: Zone }) {
 *   const update = useUpdateZone(zone.documentId, {
 *     onConflict: ({ current }) => alert(`Somebody changed it to: ${current.content}`),
 *   });
 *   return <button type="button" onClick={() => update.mutate({ zone, change: { kind: "heading", level: 1 } })}>Heading</button>;
 * }
 * ```
 */
export function useUpdateZone(documentId: string, options: UseZoneEditOptions = {}) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: ({ zone, change }: { zone: Zone; change: ZoneChange }) =>
      zoned.zones.update(zone.id, change, { revision: zone.revision }),
    onMutate: async ({ zone, change }) => {
      await queries.cancelQueries({ queryKey: zonedKeys.zones.page(documentId, zone.pageNumber) });
      patchZones(queries, documentId, zone.pageNumber, (zones) => withZone(zones, edited(zone, change)));
    },
    onSuccess: (saved) =>
      patchZones(queries, documentId, saved.pageNumber, (zones) =>
        // A later edit may be on its way already.
        zones.some((zone) => zone.id === saved.id && zone.revision > saved.revision)
          ? zones
          : withZone(zones, saved),
      ),
    onError: (error, { zone, change }) => {
      const current = isZonedError(error, "conflict") ? error.current : undefined;
      patchZones(queries, documentId, zone.pageNumber, (zones) => {
        if (isZonedError(error, "not_found")) return zones.filter((other) => other.id !== zone.id);
        return withZone(zones, current ?? zone);
      });
      if (current) options.onConflict?.({ mine: change, before: zone, current });
    },
  });
}

/**
 * Adds a zone with content of the user's.
 *
 * @example
 * ```tsx
 * import { useAddZone } from "@zoned/client/react";
 *
 * export function AddNote({ documentId }: { documentId: string }) {
 *   const add = useAddZone(documentId);
 *   const bbox = { x: 72, y: 72, width: 200, height: 20 };
 *   const note = { pageNumber: 1, kind: "footnote", bbox, readingOrder: 99, content: "A note." } as const;
 *   return <button type="button" onClick={() => add.mutate(note)}>Add a note</button>;
 * }
 * ```
 */
export function useAddZone(documentId: string) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: (zone: Omit<NewZone, "documentId">) => zoned.zones.add({ ...zone, documentId }),
    onSuccess: (added) =>
      patchZones(queries, documentId, added.pageNumber, (zones) => withZone(zones, added)),
  });
}

/**
 * Deletes a zone: gone at once, back when it fails.
 *
 * @example
 * ```tsx
 * import type { Zone } from "@zoned/client";
 * import { useDeleteZone } from "@zoned/client/react";
 *
 * export function DeleteZone({ zone }: { zone: Zone }) {
 *   const remove = useDeleteZone(zone.documentId, { onConflict: ({ current }) => alert(`It says now: ${current.content}`) });
 *   return <button type="button" onClick={() => remove.mutate(zone)}>Delete</button>;
 * }
 * ```
 */
export function useDeleteZone(documentId: string, options: UseZoneEditOptions = {}) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: (zone: Zone) => zoned.zones.delete(zone.id, { revision: zone.revision }),
    onMutate: async (zone) => {
      await queries.cancelQueries({ queryKey: zonedKeys.zones.page(documentId, zone.pageNumber) });
      patchZones(queries, documentId, zone.pageNumber, (zones) =>
        zones.filter((other) => other.id !== zone.id),
      );
    },
    onError: (error, zone) => {
      if (isZonedError(error, "not_found")) return;
      const current = isZonedError(error, "conflict") ? error.current : undefined;
      patchZones(queries, documentId, zone.pageNumber, (zones) => withZone(zones, current ?? zone));
      if (current) options.onConflict?.({ mine: {}, before: zone, current });
    },
  });
}

/**
 * Orders all zones of a page as listed: shown at once, taken back when it fails.
 *
 * @example
 * ```tsx
 * import type { Zone } from "@zoned/client";
 * import { useOrderZones } from "@zoned/client/react";
 *
 * export function Reverse({ documentId, zones }: { documentId: string; zones: readonly Zone[] }) {
 *   const order = useOrderZones(documentId);
 *   const ids = zones.map((zone) => zone.id).reverse();
 *   return <button type="button" onClick={() => order.mutate({ pageNumber: 1, ids })}>Reverse</button>;
 * }
 * ```
 */
export function useOrderZones(documentId: string) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: ({ pageNumber, ids }: { pageNumber: number; ids: readonly string[] }) =>
      zoned.zones.order(documentId, pageNumber, ids),
    onMutate: async ({ pageNumber, ids }) => {
      const queryKey = zonedKeys.zones.page(documentId, pageNumber);
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueryData<Zone[]>(queryKey);
      patchZones(queries, documentId, pageNumber, (zones) =>
        sortedZones(
          zones.map((zone) => {
            const place = ids.indexOf(zone.id);
            if (place < 0 || place === zone.readingOrder) return zone;
            return { ...zone, readingOrder: place, revision: zone.revision + 1 };
          }),
        ),
      );
      return { before };
    },
    onSuccess: (moved, { pageNumber }) =>
      patchZones(queries, documentId, pageNumber, (zones) => moved.reduce<Zone[]>(withZone, zones)),
    onError: (_error, { pageNumber }, context) => {
      const queryKey = zonedKeys.zones.page(documentId, pageNumber);
      if (context?.before) queries.setQueryData(queryKey, context.before);
      void queries.invalidateQueries({ queryKey });
    },
  });
}

/**
 * Makes a zone what it was at a revision, or brings a deleted one back.
 *
 * @example
 * ```tsx
 * import type { Zone } from "@zoned/client";
 * import { useRestoreZone } from "@zoned/client/react";
 *
 * export function Restore({ zone, toRevision }: { zone: Zone; toRevision: number }) {
 *   const restore = useRestoreZone(zone.documentId);
 *   return (
 *     <button type="button" onClick={() => restore.mutate({ zoneId: zone.id, toRevision, revision: zone.revision })}>
 *       Restore
 *     </button>
 *   );
 * }
 * ```
 */
export function useRestoreZone(documentId: string) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: ({
      zoneId,
      toRevision,
      revision,
    }: {
      zoneId: string;
      toRevision: number;
      revision?: number;
    }) => zoned.zones.restore(zoneId, toRevision, revision === undefined ? {} : { revision }),
    onSuccess: (restored) => {
      patchZones(queries, documentId, restored.pageNumber, (zones) => withZone(zones, restored));
      void queries.invalidateQueries({ queryKey: zonedKeys.zones.revisions(restored.id) });
    },
  });
}

/**
 * Has a zone read anew; the new text comes by an event.
 *
 * @example
 * ```tsx
 * import type { Zone } from "@zoned/client";
 * import { useReprocessZone } from "@zoned/client/react";
 *
 * export function ReadAsTable({ zone }: { zone: Zone }) {
 *   const reprocess = useReprocessZone(zone.documentId);
 *   return <button type="button" onClick={() => reprocess.mutate({ zone, kind: "table" })}>Read as a table</button>;
 * }
 * ```
 */
export function useReprocessZone(documentId: string) {
  const zoned = useZoned();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: ({ zone, bbox, kind }: { zone: Zone; bbox?: Box; kind?: ZoneKind }) =>
      zoned.zones.reprocess(zone.id, { revision: zone.revision, bbox, kind }),
  });
}

/**
 * Makes a zone of a box and has it filled from the page; it appears at once, its text comes by an event.
 *
 * @example
 * ```tsx
 * import type { Box } from "@zoned/client";
 * import { useDrawZone } from "@zoned/client/react";
 *
 * export function ReadBox({ documentId, bbox }: { documentId: string; bbox: Box }) {
 *   const draw = useDrawZone(documentId);
 *   return <button type="button" onClick={() => draw.mutate({ pageNumber: 1, bbox })}>Read what is here</button>;
 * }
 * ```
 */
export function useDrawZone(documentId: string) {
  const zoned = useZoned();
  const queries = useQueryClient();
  return useMutation({
    scope: scopeOf(documentId),
    mutationFn: ({ pageNumber, bbox, kind }: { pageNumber: number; bbox: Box; kind?: ZoneKind }) =>
      zoned.zones.draw(documentId, pageNumber, bbox, kind),
    onSuccess: async (job, { pageNumber }) => {
      if (job.params.kind !== "process_zone") return;
      // It is drawn, whether or not it can be shown at once: an event brings it all the same.
      const zone = await zoned.zones.get(job.params.zoneId).catch(() => undefined);
      if (!zone) return;
      patchZones(queries, documentId, pageNumber, (zones) =>
        zones.some((other) => other.id === zone.id && other.revision >= zone.revision)
          ? zones
          : withZone(zones, zone),
      );
    },
  });
}
