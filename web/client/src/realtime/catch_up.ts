import { ZonedError } from "../error.js";
import type { ZonedEvent } from "../model/event.js";
import type { Backlog } from "./backlog.js";
import type { EventOrder } from "./order.js";

/** Where the events of a topic are read up to. */
export interface Reader {
  /** Reads on to what the database has, and hands on what is due. */
  catchUp(deliver: (events: readonly ZonedEvent[]) => void): Promise<void>;
}

/** Events asked for at once. */
const SLICE = 500;
/** Rounds to see an event that was announced by its successor: it is committed, so one round is the rule. */
const ATTEMPTS = 6;
/** Between such rounds, milliseconds. */
const PAUSE = 100;

type Deliver = (events: readonly ZonedEvent[]) => void;

/** Reads one document's events, from now on. */
export function documentReader(backlog: Backlog, order: EventOrder, documentId: string): Reader {
  return {
    async catchUp(deliver) {
      if (order.last(documentId) === undefined) {
        deliver(order.begin(documentId, await backlog.lastSeq(documentId)));
      }
      await readOn(backlog, order, documentId, deliver);
      await closeGaps(backlog, order, deliver);
    },
  };
}

/** Reads the events of all of a user's documents, from now on. */
export function userReader(backlog: Backlog, order: EventOrder): Reader {
  let cursor: string | null = null;

  async function readCursor(deliver: Deliver) {
    for (;;) {
      const page = await backlog.sinceCursor(cursor, SLICE);
      for (const event of page.events) deliver(order.told(event));
      cursor = page.cursor;
      if (!page.more) return;
    }
  }

  /** What was broadcast of documents that the database has not told of: it will, since it was committed before. */
  async function meetStrangers(deliver: Deliver) {
    for (let attempt = 1; order.strangers().length > 0; attempt += 1) {
      if (attempt > ATTEMPTS) {
        for (const stranger of order.strangers()) {
          deliver(order.begin(stranger, (order.firstHeld(stranger) ?? 1) - 1));
        }
        return;
      }
      if (attempt > 1) await pause();
      await readCursor(deliver);
    }
  }

  return {
    async catchUp(deliver) {
      await readCursor(deliver);
      await meetStrangers(deliver);
      await closeGaps(backlog, order, deliver);
    },
  };
}

async function readOn(backlog: Backlog, order: EventOrder, documentId: string, deliver: Deliver) {
  for (;;) {
    const last = order.last(documentId) ?? 0;
    const events = await backlog.since(documentId, last, SLICE);
    // Numbers have no gaps when they are given: what is not there any more was removed.
    const first = events[0]?.seq ?? last + 1;
    if (first > last + 1) deliver(order.passOver(documentId, first - 1));
    for (const event of events) deliver(order.told(event));
    if (events.length < SLICE) return;
  }
}

async function closeGaps(backlog: Backlog, order: EventOrder, deliver: Deliver) {
  for (let attempt = 1; ; attempt += 1) {
    const gaps = order.gaps();
    if (gaps.length === 0) return;
    if (attempt > ATTEMPTS) {
      throw new ZonedError({
        code: "unavailable",
        message: "An event that was announced cannot be read yet.",
        hint: "It is asked for again.",
      });
    }
    if (attempt > 1) await pause();
    for (const documentId of gaps) await readOn(backlog, order, documentId, deliver);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
