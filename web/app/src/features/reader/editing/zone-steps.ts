import { type Box, isZonedError, type Job, type Zone, type ZoneChange, type ZoneKind } from "@zoned/client";
import { RevisionLedger } from "./revision-ledger";
import { UndoStack } from "./undo-stack";

/** What edits are made with: each call shows its effect and sends it; it rejects when the server does not accept it. */
export interface ZoneCalls {
  /** The zone as it is shown now, or as the server has it. */
  find(zoneId: string): Promise<Zone>;
  /** Zones of a page as they are shown now, in order. */
  onPage(pageNumber: number): readonly Zone[];
  update(zone: Zone, change: ZoneChange): Promise<Zone>;
  remove(zone: Zone): Promise<void>;
  restore(zoneId: string, toRevision: number, revision?: number): Promise<Zone>;
  order(pageNumber: number, ids: readonly string[]): Promise<readonly Zone[]>;
  draw(pageNumber: number, bbox: Box, kind: ZoneKind | undefined): Promise<Job>;
  reread(zone: Zone, kind: ZoneKind | undefined): Promise<Job>;
  /** Whether it was the engine that made the version after this one. */
  wasReadSince(zone: Zone): Promise<boolean>;
}

/** A zone was changed by somebody else since: undoing would take that back too. */
export class ChangedSince extends Error {
  override name = "ChangedSince";
  constructor() {
    super("The zone was changed since, by somebody else or by the engine. Its history has every version.");
  }
}

/** Where an undone or redone step is to be seen. */
type Shown = (zoneId: string) => void;

/** Edits of zones, each of which can be undone and redone. */
export class ZoneSteps {
  readonly stack = new UndoStack();
  private readonly ledger = new RevisionLedger();
  /** Of zones that were asked to be read here: the revision that makes of them. */
  private readonly readings = new Map<string, number>();
  private readonly calls: ZoneCalls;
  private readonly shown: Shown;

  constructor(calls: ZoneCalls, shown: Shown = () => {}) {
    this.calls = calls;
    this.shown = shown;
  }

  edit(zone: Zone, change: ZoneChange, label: string): Promise<Zone> {
    return this.stack.hold(this.doEdit(zone, change, label));
  }

  private async doEdit(zone: Zone, change: ZoneChange, label: string): Promise<Zone> {
    const [saved, revision] = await this.overReading(zone, (now) => this.calls.update(now, change));
    this.pushRevision(label, zone.id, this.ledger.of(zone.id, revision), saved.revision);
    return saved;
  }

  /**
   * Edits a zone. What a reading that was asked for here has made of it meanwhile is no other version to choose from: the edit came
   * after the wish, and goes on top of it. Gives what the edit gives, and the revision it was made on.
   */
  private async overReading<Result>(
    zone: Zone,
    edit: (now: Zone) => Promise<Result>,
  ): Promise<[Result, number]> {
    try {
      return [await edit(zone), zone.revision];
    } catch (failure) {
      const current = isZonedError(failure, "conflict") ? failure.current : undefined;
      const isAwaited = this.readings.get(zone.id) === zone.revision + 1;
      if (!isAwaited || current?.revision !== zone.revision + 1) throw failure;
      if (!(await this.calls.wasReadSince(zone))) throw failure;
      return [await edit(current), current.revision];
    }
  }

  /** Makes a zone what it was at a revision; brings it back when it is deleted (`current` is null then). */
  restore(zoneId: string, toRevision: number, current: Zone | null): Promise<Zone> {
    return this.stack.hold(this.doRestore(zoneId, toRevision, current));
  }

  private async doRestore(zoneId: string, toRevision: number, current: Zone | null): Promise<Zone> {
    const restored = await this.calls.restore(zoneId, toRevision, current?.revision);
    if (current) {
      this.pushRevision(
        "restore a version",
        zoneId,
        this.ledger.of(zoneId, current.revision),
        restored.revision,
      );
    } else {
      this.pushPresence("bring back a zone", zoneId, true);
    }
    return restored;
  }

  remove(zone: Zone): Promise<void> {
    return this.stack.hold(this.doRemove(zone));
  }

  private async doRemove(zone: Zone): Promise<void> {
    const [, revision] = await this.overReading(zone, this.calls.remove);
    const meaning = this.ledger.of(zone.id, revision);
    this.pushPresence("delete a zone", zone.id, false, { revision, meaning });
  }

  /** Gives the new zone's id. */
  draw(pageNumber: number, bbox: Box, kind: ZoneKind | undefined): Promise<string | null> {
    return this.stack.hold(this.doDraw(pageNumber, bbox, kind));
  }

  private async doDraw(pageNumber: number, bbox: Box, kind: ZoneKind | undefined): Promise<string | null> {
    const { params } = await this.calls.draw(pageNumber, bbox, kind);
    if (params.kind !== "process_zone") return null;
    this.readings.set(params.zoneId, params.revision + 1);
    this.pushPresence("draw a zone", params.zoneId, true);
    return params.zoneId;
  }

  reread(zone: Zone, kind: ZoneKind | undefined): Promise<void> {
    return this.stack.hold(this.doReread(zone, kind));
  }

  private async doReread(zone: Zone, kind: ZoneKind | undefined): Promise<void> {
    const before = this.ledger.of(zone.id, zone.revision);
    await this.calls.reread(zone, kind);
    this.readings.set(zone.id, zone.revision + 1);
    // The daemon's result is the next revision, unless an edit comes first; then there is nothing to undo.
    this.pushRevision("read a zone again", zone.id, before, zone.revision + 1);
  }

  order(pageNumber: number, ids: readonly string[]): Promise<void> {
    return this.stack.hold(this.doOrder(pageNumber, ids));
  }

  private async doOrder(pageNumber: number, ids: readonly string[]): Promise<void> {
    const before = this.calls.onPage(pageNumber);
    const meanings = new Map(before.map((zone) => [zone.id, this.ledger.of(zone.id, zone.revision)]));
    const moved = await this.calls.order(pageNumber, ids);
    const after = new Map(moved.map((zone) => [zone.id, zone.revision]));
    const apply = async (order: readonly string[], meaningOf: ReadonlyMap<string, number>) => {
      for (const zone of await this.calls.order(pageNumber, order)) {
        this.ledger.note(zone.id, zone.revision, meaningOf.get(zone.id) ?? zone.revision);
      }
    };
    this.stack.push({
      label: "change the order",
      undo: () =>
        apply(
          before.map((zone) => zone.id),
          meanings,
        ),
      redo: () => apply(ids, after),
    });
  }

  private pushRevision(label: string, zoneId: string, before: number, after: number): void {
    const go = async (from: number, to: number) => {
      const current = await this.calls.find(zoneId);
      if (this.ledger.of(zoneId, current.revision) !== from) throw new ChangedSince();
      const restored = await this.calls.restore(zoneId, to, current.revision);
      this.ledger.note(zoneId, restored.revision, to);
      this.shown(zoneId);
    };
    this.stack.push({ label, undo: () => go(after, before), redo: () => go(before, after) });
  }

  /** A step that made a zone or deleted one. What it was when it went comes back. */
  private pushPresence(
    label: string,
    zoneId: string,
    isThere: boolean,
    last?: { revision: number; meaning: number },
  ): void {
    let gone = last;
    const leave = async () => {
      const [, revision] = await this.overReading(await this.calls.find(zoneId), this.calls.remove);
      gone = { revision, meaning: this.ledger.of(zoneId, revision) };
    };
    const comeBack = async () => {
      if (!gone) return;
      const restored = await this.calls.restore(zoneId, gone.revision);
      this.ledger.note(zoneId, restored.revision, gone.meaning);
      this.shown(zoneId);
    };
    this.stack.push(
      isThere ? { label, undo: leave, redo: comeBack } : { label, undo: comeBack, redo: leave },
    );
  }
}
