import type { ZonedEvent } from "../model/event.js";

/** Events held for later; what goes beyond is asked for again. */
const MOST_HELD = 1000;
/** Deleted documents remembered; of older ones nothing is on its way any more. */
const MOST_DELETED = 10_000;

interface Place {
  /** Number of the last event handed on. */
  last: number;
  /** The largest number seen: what has to be reached. */
  goal: number;
  /** Events that came before their predecessors, by number. */
  readonly held: Map<number, ZonedEvent>;
}

/**
 * Puts the events of many documents in order: each is handed on once, after all before it. Pure bookkeeping, no I/O.
 *
 * A document is known once it has a place: the number of the last event handed on. Events of a document not known yet
 * are held until the database tells which comes first.
 */
export class EventOrder {
  readonly #known = new Map<string, Place>();
  readonly #unknown = new Map<string, Place>();
  /** Deleted documents, in that order, and the moment of each. */
  readonly #deleted = new Map<string, number>();
  #moment = 0;

  /** Begins a document after event `last`, unless it is known; gives what was held for that. */
  begin(documentId: string, last: number): ZonedEvent[] {
    if (this.#known.has(documentId)) return [];
    const waiting = this.#unknown.get(documentId);
    this.#unknown.delete(documentId);
    const place: Place = { last, goal: Math.max(last, waiting?.goal ?? 0), held: waiting?.held ?? new Map() };
    for (const seq of [...place.held.keys()]) if (seq <= last) place.held.delete(seq);
    this.#known.set(documentId, place);
    return this.#release(place);
  }

  /** Takes an event as it was broadcast; gives the events that are due now. */
  broadcast(event: ZonedEvent): ZonedEvent[] {
    const known = this.#known.get(event.documentId);
    if (known) return this.#offer(known, event);
    if (this.#deleted.has(event.documentId)) return [];
    if (event.seq === 1) return [...this.begin(event.documentId, 0), ...this.broadcast(event)];
    const unknown = this.#unknown.get(event.documentId) ?? { last: 0, goal: 0, held: new Map() };
    this.#unknown.set(event.documentId, unknown);
    this.#hold(unknown, event);
    return [];
  }

  /** A moment among deletions, to be taken before the database is asked and given with what it tells. */
  moment(): number {
    return this.#moment;
  }

  /**
   * Takes an event as the database gave it, asked at a moment: of a document not known yet, the first one given is the first
   * to hand on. Of one that was deleted since then it is told no more; one deleted before is there again.
   */
  told(event: ZonedEvent, asked: number = this.#moment): ZonedEvent[] {
    const deleted = this.#deleted.get(event.documentId);
    if (deleted !== undefined && deleted > asked) return [];
    this.#deleted.delete(event.documentId);
    const early = this.begin(event.documentId, event.seq - 1);
    return [...early, ...this.broadcast(event)];
  }

  /** Passes over events up to a number: they are kept no longer. Gives the events that are due now. */
  passOver(documentId: string, upTo: number): ZonedEvent[] {
    const place = this.#known.get(documentId);
    if (!place || upTo <= place.last) return [];
    place.last = upTo;
    place.goal = Math.max(place.goal, upTo);
    for (const seq of [...place.held.keys()]) if (seq <= upTo) place.held.delete(seq);
    return this.#release(place);
  }

  /** Number of the last event handed on of a document; undefined while it is not known. */
  last(documentId: string): number | undefined {
    return this.#known.get(documentId)?.last;
  }

  /** Known documents of which events are missing. */
  gaps(): string[] {
    return [...this.#known].filter(([, place]) => place.goal > place.last).map(([documentId]) => documentId);
  }

  /** Documents of which something came, but not what came first. */
  strangers(): string[] {
    return [...this.#unknown.keys()];
  }

  /** The smallest number held of a document not known. */
  firstHeld(documentId: string): number | undefined {
    const held = this.#unknown.get(documentId)?.held.keys();
    return held && Math.min(...held);
  }

  /** Takes a document as deleted: no event of it is due any more. Whether that is news. */
  delete(documentId: string): boolean {
    this.#known.delete(documentId);
    this.#unknown.delete(documentId);
    if (this.#deleted.has(documentId)) return false;
    this.#moment += 1;
    this.#deleted.set(documentId, this.#moment);
    const [oldest] = this.#deleted.keys();
    if (this.#deleted.size > MOST_DELETED && oldest !== undefined) this.#deleted.delete(oldest);
    return true;
  }

  #offer(place: Place, event: ZonedEvent): ZonedEvent[] {
    if (event.seq <= place.last) return [];
    this.#hold(place, event);
    return this.#release(place);
  }

  #hold(place: Place, event: ZonedEvent) {
    place.goal = Math.max(place.goal, event.seq);
    // The next one is always taken: room for it is made by handing it on.
    if (place.held.size < MOST_HELD || event.seq === place.last + 1) place.held.set(event.seq, event);
  }

  #release(place: Place): ZonedEvent[] {
    const due: ZonedEvent[] = [];
    for (let next = place.held.get(place.last + 1); next; next = place.held.get(place.last + 1)) {
      place.held.delete(next.seq);
      place.last = next.seq;
      due.push(next);
    }
    return due;
  }
}
