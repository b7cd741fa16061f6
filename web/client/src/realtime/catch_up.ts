import { ZonedError } from "../error.js";
import type { ZonedEvent } from "../model/event.js";
import type { Backlog } from "./backlog.js";
import type { EventOrder } from "./order.js";

/** What is read is handed to. */
export interface Recipient {
  /** Events that are due. */
  events(events: readonly ZonedEvent[]): void;
  /** A document was deleted; may be told again. */
  deleted(documentId: string): void;
}

/** Where the events of a topic are read up to. */
export interface Reader {
  /** Reads on to what the database has, and hands on what is due. */
  catchUp(to: Recipient): Promise<void>;
}

/** Events asked for at once. */
const SLICE = 500;
/** Rounds to see an event that was announced by its successor: it is committed, so one round is the rule. */
const ATTEMPTS = 6;
/** Between such rounds, milliseconds. */
const PAUSE = 100;

/** Reads one document's events, from now on. */
export function documentReader(backlog: Backlog, order: EventOrder, documentId: string): Reader {
  let existed = false;

  async function readFromNowOn(to: Recipient) {
    if (order.last(documentId) === undefined) {
      to.events(order.begin(documentId, await backlog.lastSeq(documentId)));
    }
    await readOn(backlog, order, documentId, to);
    await closeGaps(backlog, order, to);
  }

  return {
    async catchUp(to) {
      // A document's events go with it: that there are no new ones does not tell whether it is there.
      const [exists] = await Promise.all([backlog.exists(documentId), readFromNowOn(to)]);
      if (existed && !exists) to.deleted(documentId);
      existed = exists;
    },
  };
}

/** Reads the events of all of a user's documents, from now on. */
export function userReader(backlog: Backlog, order: EventOrder): Reader {
  let cursor: string | null = null;

  async function readCursor(to: Recipient) {
    for (;;) {
      const asked = order.moment();
      const page = await backlog.sinceCursor(cursor, SLICE);
      for (const event of page.events) to.events(order.told(event, asked));
      for (const documentId of page.deleted) to.deleted(documentId);
      cursor = page.cursor;
      if (!page.more) return;
    }
  }

  /** What was broadcast of documents that the database has not told of: it will, since it was committed before. */
  async function meetStrangers(to: Recipient) {
    for (let attempt = 1; order.strangers().length > 0; attempt += 1) {
      if (attempt > ATTEMPTS) {
        for (const stranger of order.strangers()) {
          to.events(order.begin(stranger, (order.firstHeld(stranger) ?? 1) - 1));
        }
        return;
      }
      if (attempt > 1) await pause();
      await readCursor(to);
    }
  }

  return {
    async catchUp(to) {
      await readCursor(to);
      await meetStrangers(to);
      await closeGaps(backlog, order, to);
    },
  };
}

async function readOn(backlog: Backlog, order: EventOrder, documentId: string, to: Recipient) {
  for (;;) {
    const last = order.last(documentId) ?? 0;
    const asked = order.moment();
    const events = await backlog.since(documentId, last, SLICE);
    // Numbers have no gaps when they are given: what is not there any more was removed.
    const first = events[0]?.seq ?? last + 1;
    if (first > last + 1) to.events(order.passOver(documentId, first - 1));
    for (const event of events) to.events(order.told(event, asked));
    if (events.length < SLICE) return;
  }
}

async function closeGaps(backlog: Backlog, order: EventOrder, to: Recipient) {
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
    for (const documentId of gaps) await readOn(backlog, order, documentId, to);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}
