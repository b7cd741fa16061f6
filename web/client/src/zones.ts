import { answered, answeredMaybe, type CallOptions, type ZonedSupabase } from "./context.js";
import type { Database, Json } from "./database.types.js";
import { ZonedError } from "./error.js";
import { toZonedError } from "./error_from.js";
import { type Job, jobOf } from "./model/job.js";
import { read } from "./model/json.js";
import type { Box, ListItem, Zone, ZoneKind, ZoneRevision, ZoneTable } from "./model/zone.js";
import { itemsSchema, revisionOf, tableSchema, zoneOf } from "./model/zone_row.js";
import { chunked, ROWS_AT_ONCE } from "./paging.js";

/** What of a zone an edit changes. */
export interface ZoneChange {
  readonly kind?: ZoneKind | undefined;
  readonly level?: number | null | undefined;
  readonly bbox?: Box | undefined;
  readonly readingOrder?: number | undefined;
  /** New text. That of a table keeps a line for each row and a tab between cells: its cells follow. */
  readonly content?: string | undefined;
  /** New cells; the text follows. */
  readonly table?: ZoneTable | null | undefined;
  /** New items of a list; the text follows. */
  readonly items?: readonly ListItem[] | null | undefined;
}

/** A zone to add. */
export interface NewZone {
  readonly documentId: string;
  readonly pageNumber: number;
  readonly kind: ZoneKind;
  readonly bbox: Box;
  readonly readingOrder: number;
  readonly content?: string | undefined;
  readonly level?: number | null | undefined;
  readonly table?: ZoneTable | null | undefined;
  readonly items?: readonly ListItem[] | null | undefined;
}

/** Options of an edit. */
export interface EditOptions {
  /** Only if the zone is still at this revision: otherwise the edit rejects with `conflict`, which holds the zone as it is. */
  readonly revision?: number | undefined;
}

/**
 * Zones: read, edit, add, delete, order, restore, have them read anew.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function edit({ zones }: ZonedClient, documentId: string) {
 *   const onPage = await zones.list(documentId, 1);
 *   const some = await zones.listPages(documentId, 2, 5);
 *   const again = await zones.getMany(some.map((zone) => zone.id));
 *   await zones.order(documentId, 1, onPage.map((zone) => zone.id).reverse());
 *   const bbox = { x: 72, y: 72, width: 200, height: 20 };
 *   const added = await zones.add({ documentId, pageNumber: 1, kind: "footnote", bbox, readingOrder: 9, content: "A note." });
 *   const moved = await zones.update(added.id, { bbox: { ...bbox, y: 700 } }, { revision: added.revision });
 *   await zones.delete(moved.id, { revision: moved.revision });
 *   const [deletion] = await zones.revisions(moved.id);
 *   if (deletion) await zones.restore(moved.id, deletion.revision);
 *   const job = await zones.reprocess(moved.id, { kind: "paragraph" });
 *   const drawn = await zones.draw(documentId, 1, { ...bbox, y: 300 });
 *   const found = await zones.search(documentId, "bees", { limit: 10 });
 *   const history = await zones.history(documentId, { pageNumber: 1 });
 *   return { again, job, drawn, found, history, now: await zones.get(moved.id) };
 * }
 * ```
 */
export interface Zones {
  /** The zones of a page, in reading order. */
  list(documentId: string, pageNumber: number, options?: CallOptions): Promise<Zone[]>;
  /** The zones of the pages from number `from` to number `to`, both included, by page and reading order. */
  listPages(documentId: string, from: number, to: number, options?: CallOptions): Promise<Zone[]>;
  /** One zone. Rejects with `not_found`. */
  get(id: string, options?: CallOptions): Promise<Zone>;
  /** Some zones by id; those that are gone are left out. */
  getMany(ids: readonly string[], options?: CallOptions): Promise<Zone[]>;
  /**
   * Edits a zone.
   *
   * @example
   * ```ts
   * import { isZonedError, type Zone, type ZonedClient } from "@zoned/client";
   *
   * async function correct(zoned: ZonedClient, zone: Zone) {
   *   try {
   *     return await zoned.zones.update(zone.id, { content: "Corrected." }, { revision: zone.revision });
   *   } catch (error) {
   *     if (isZonedError(error, "conflict") && error.current) return error.current; // somebody was faster
   *     throw error;
   *   }
   * }
   * ```
   */
  update(id: string, change: ZoneChange, options?: EditOptions): Promise<Zone>;
  /** Adds a zone with content of the caller's. To have it filled from the page, see {@link Zones.draw}. */
  add(zone: NewZone): Promise<Zone>;
  /** Deletes a zone; its history stays, and {@link Zones.restore} brings it back. */
  delete(id: string, options?: EditOptions): Promise<void>;
  /** Orders a page's zones as listed, all of them; gives those whose place has changed. */
  order(documentId: string, pageNumber: number, ids: readonly string[]): Promise<Zone[]>;
  /** Zones of a document in whose text the query occurs, in order; at most `limit` (100 when not given). */
  search(
    documentId: string,
    query: string,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<Zone[]>;
  /** What a zone was before each edit, the latest first. */
  revisions(id: string, options?: CallOptions): Promise<ZoneRevision[]>;
  /** What happened to the zones of a document or of one of its pages, the latest first; at most `limit` (100). */
  history(
    documentId: string,
    options?: CallOptions & { readonly pageNumber?: number; readonly limit?: number },
  ): Promise<ZoneRevision[]>;
  /**
   * Makes a zone what it was at a revision; brings it back if it was deleted.
   *
   * @example
   * ```ts
   * import type { Zone, ZonedClient } from "@zoned/client";
   *
   * async function undoLastEdit(zoned: ZonedClient, zone: Zone) {
   *   const [latest] = await zoned.zones.revisions(zone.id);
   *   return latest ? zoned.zones.restore(zone.id, latest.revision, { revision: zone.revision }) : zone;
   * }
   * ```
   */
  restore(id: string, toRevision: number, options?: EditOptions): Promise<Zone>;
  /** Has a zone read anew, with another box or as another kind if given. Gives the job that does it. */
  reprocess(
    id: string,
    options?: EditOptions & { readonly bbox?: Box | undefined; readonly kind?: ZoneKind | undefined },
  ): Promise<Job>;
  /**
   * Makes a zone of a box and has it filled with what is written under it. Gives the job; its `params.zoneId` is the zone.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function drawn(zoned: ZonedClient, documentId: string) {
   *   const job = await zoned.zones.draw(documentId, 1, { x: 72, y: 90, width: 200, height: 40 });
   *   return job.params.kind === "process_zone" ? job.params.zoneId : null;
   * }
   * ```
   */
  draw(documentId: string, pageNumber: number, bbox: Box, kind?: ZoneKind): Promise<Job>;
}

type ZoneUpdate = Database["public"]["Tables"]["zones"]["Update"];

/** Ids that fit into an address. */
const IDS_AT_ONCE = 100;

export function zonesOf(supabase: ZonedSupabase): Zones {
  async function listPages(documentId: string, from: number, to: number, options?: CallOptions) {
    const zones: Zone[] = [];
    for (;;) {
      const rows = await answered(
        supabase
          .from("zones")
          .select("*")
          .eq("document_id", documentId)
          .gte("page_number", from)
          .lte("page_number", to)
          .order("page_number")
          .order("reading_order")
          .order("created_at")
          .order("id")
          .range(zones.length, zones.length + ROWS_AT_ONCE - 1),
        options,
      );
      for (const row of rows) zones.push(zoneOf(row));
      if (rows.length < ROWS_AT_ONCE) return zones;
    }
  }

  async function find(id: string, options?: CallOptions) {
    const row = await answeredMaybe(supabase.from("zones").select("*").eq("id", id).maybeSingle(), options);
    return row && zoneOf(row);
  }

  /** Why an edit found no row: the zone is gone, or at another revision. */
  async function whyNot(id: string): Promise<ZonedError> {
    const current = await find(id);
    return current ? conflict(current) : gone();
  }

  /** Adds the zone as it is now to the conflicts that functions report. */
  async function withCurrent<Value>(id: string, call: Promise<Value>): Promise<Value> {
    try {
      return await call;
    } catch (failure) {
      const error = toZonedError(failure);
      if (error.code !== "conflict") throw error;
      const current = (await find(id)) ?? undefined;
      const { code, message, hint, cause } = error;
      throw new ZonedError({ code, message, hint, cause, current });
    }
  }

  return {
    list: (documentId, pageNumber, options) => listPages(documentId, pageNumber, pageNumber, options),
    listPages,
    async get(id, options) {
      const zone = await find(id, options);
      if (!zone) throw gone();
      return zone;
    },
    async getMany(ids, options) {
      const zones: Zone[] = [];
      for (const some of chunked(ids, IDS_AT_ONCE)) {
        const request = supabase.from("zones").select("*").in("id", some);
        for (const row of await answered(request, options)) zones.push(zoneOf(row));
      }
      return zones;
    },
    async update(id, change, { revision } = {}) {
      let request = supabase.from("zones").update(columnsOf(change)).eq("id", id);
      if (revision !== undefined) request = request.eq("revision", revision);
      const row = await answeredMaybe(request.select("*").maybeSingle());
      if (!row) throw await whyNot(id);
      return zoneOf(row);
    },
    async add(zone) {
      const { documentId, pageNumber, kind, bbox, readingOrder } = zone;
      const row = await answered(
        supabase
          .from("zones")
          .insert({
            document_id: documentId,
            page_number: pageNumber,
            kind,
            reading_order: readingOrder,
            ...boxColumns(bbox),
            ...columnsOf({ content: zone.content, level: zone.level, table: zone.table, items: zone.items }),
          })
          .select("*")
          .single(),
      );
      return zoneOf(row);
    },
    async delete(id, { revision } = {}) {
      let request = supabase.from("zones").delete().eq("id", id);
      if (revision !== undefined) request = request.eq("revision", revision);
      const rows = await answered(request.select("id"));
      if (rows.length === 0) throw await whyNot(id);
    },
    async order(documentId, pageNumber, ids) {
      const rows = await answered(
        supabase.rpc("order_zones", { document_id: documentId, page_number: pageNumber, zone_ids: [...ids] }),
      );
      return rows.map(zoneOf);
    },
    async search(documentId, query, options) {
      if (query.trim() === "") return [];
      const limit = Math.min(Math.max(options?.limit ?? 100, 1), ROWS_AT_ONCE);
      const rows = await answered(
        supabase.rpc("search_zones", { document_id: documentId, query: query.trim() }).limit(limit),
        options,
      );
      return rows.map(zoneOf);
    },
    async revisions(id, options) {
      const rows = await answered(
        supabase
          .from("zone_revisions")
          .select("*")
          .eq("zone_id", id)
          .order("revision", { ascending: false })
          .limit(ROWS_AT_ONCE),
        options,
      );
      return rows.map(revisionOf);
    },
    async history(documentId, options) {
      let request = supabase.from("zone_revisions").select("*").eq("document_id", documentId);
      if (options?.pageNumber !== undefined) request = request.eq("page_number", options.pageNumber);
      const rows = await answered(
        request
          .order("changed_at", { ascending: false })
          .order("zone_id")
          .limit(Math.min(Math.max(options?.limit ?? 100, 1), ROWS_AT_ONCE)),
        options,
      );
      return rows.map(revisionOf);
    },
    async restore(id, toRevision, { revision } = {}) {
      const expected = revision === undefined ? {} : { expected_revision: revision };
      const row = await withCurrent(
        id,
        answered(supabase.rpc("restore_zone", { zone_id: id, revision: toRevision, ...expected })),
      );
      return zoneOf(row);
    },
    async reprocess(id, { revision, bbox, kind } = {}) {
      const given = {
        ...(revision === undefined ? {} : { revision }),
        ...(bbox === undefined ? {} : { box: { ...bbox } }),
        ...(kind === undefined ? {} : { kind }),
      };
      const row = await withCurrent(id, answered(supabase.rpc("reprocess_zone", { zone_id: id, ...given })));
      return jobOf(row);
    },
    async draw(documentId, pageNumber, bbox, kind) {
      const row = await answered(
        supabase.rpc("draw_zone", {
          document_id: documentId,
          page_number: pageNumber,
          box: { ...bbox },
          ...(kind === undefined ? {} : { kind }),
        }),
      );
      return jobOf(row);
    },
  };
}

function gone(): ZonedError {
  return new ZonedError({
    code: "not_found",
    message: "There is no such zone.",
    hint: "It may have been deleted.",
  });
}

function conflict(current: Zone): ZonedError {
  return new ZonedError({
    code: "conflict",
    message: "The zone has been changed in the meantime.",
    hint: "Look at it as it is now, then edit it again.",
    current,
  });
}

function boxColumns(bbox: Box) {
  return { bbox_x: bbox.x, bbox_y: bbox.y, bbox_width: bbox.width, bbox_height: bbox.height };
}

/** The columns that a change writes. What follows from it (the text of cells, the cells of a text) is up to the database. */
function columnsOf(change: ZoneChange): ZoneUpdate {
  const columns: ZoneUpdate = change.bbox ? boxColumns(change.bbox) : {};
  if (change.kind !== undefined) columns.kind = change.kind;
  if (change.level !== undefined) columns.level = change.level;
  if (change.readingOrder !== undefined) columns.reading_order = change.readingOrder;
  if (change.content !== undefined) columns.content = change.content;
  if (change.table !== undefined)
    columns.table = change.table && asJson(read(tableSchema, change.table, "The table"));
  if (change.items !== undefined)
    columns.items = change.items && asJson(read(itemsSchema, change.items, "The list"));
  return columns;
}

/** Without boxes that are not given: the database takes the zone's. */
function asJson(value: object): Json {
  return JSON.parse(
    JSON.stringify(value, (key, part) => (key === "bbox" ? (part ?? undefined) : part)),
  ) as Json;
}
