import type { ZonedEvent } from "../../src/index";
import { ZonedError } from "../../src/index";
import type { Backlog } from "../../src/realtime/backlog";
import type { Environment } from "../../src/realtime/environment";
import type { Transport, TransportHandlers } from "../../src/realtime/transport";

/** A subscription that a test answers. */
export interface FakeSubscription extends TransportHandlers {
  readonly topic: string;
  left: boolean;
}

/** A transport whose answers a test gives. */
export function fakeTransport() {
  const subscriptions: FakeSubscription[] = [];
  const transport: Transport = {
    join(topic, handlers) {
      const subscription = { topic, ...handlers, left: false };
      subscriptions.push(subscription);
      return () => {
        subscription.left = true;
      };
    },
  };
  return {
    transport,
    subscriptions,
    latest() {
      const latest = subscriptions.at(-1);
      if (!latest) throw new Error("nobody joined");
      return latest;
    },
  };
}

/** A database of events that a test writes. */
export function fakeBacklog() {
  const events = new Map<string, ZonedEvent[]>();
  /** Everything that happened, in that order: events, and ids of documents that were deleted. */
  const order: (ZonedEvent | string)[] = [];
  const calls = { exists: 0, lastSeq: 0, since: 0, sinceCursor: 0 };
  const deleted = new Set<string>();
  let failure: ZonedError | null = null;
  let pruned = 0;
  const answer = async <Value>(value: () => Value): Promise<Value> => {
    if (failure) throw failure;
    return value();
  };
  const of = (documentId: string) => events.get(documentId) ?? [];
  const backlog: Backlog = {
    userTopic: async () => "user:me",
    exists: (documentId) => {
      calls.exists += 1;
      return answer(() => !deleted.has(documentId));
    },
    lastSeq: (documentId) => {
      calls.lastSeq += 1;
      return answer(() => of(documentId).length);
    },
    since: (documentId, after, limit) => {
      calls.since += 1;
      return answer(() =>
        of(documentId)
          .filter(({ seq }) => seq > Math.max(after, pruned))
          .slice(0, limit),
      );
    },
    sinceCursor: (cursor, limit) => {
      calls.sinceCursor += 1;
      return answer(() => {
        if (cursor === null) return { cursor: String(order.length), more: false, events: [], deleted: [] };
        const page = order.slice(Number(cursor), Number(cursor) + limit);
        const next = Number(cursor) + page.length;
        const sorted = page
          .filter((entry) => typeof entry !== "string")
          // Events of a document go with it.
          .filter(({ documentId }) => !deleted.has(documentId))
          .sort((one, other) => one.documentId.localeCompare(other.documentId) || one.seq - other.seq);
        const gone = page.filter((entry) => typeof entry === "string");
        return { cursor: String(next), more: next < order.length, events: sorted, deleted: gone };
      });
    },
  };
  return {
    backlog,
    calls,
    /** Writes the next event of a document. */
    write(documentId = "a"): ZonedEvent {
      const seq = of(documentId).length + 1;
      const at = "2026-01-01T00:00:00Z";
      const event: ZonedEvent = {
        documentId,
        seq,
        jobId: null,
        at,
        kind: "other",
        name: "test",
        payload: {},
      };
      events.set(documentId, [...of(documentId), event]);
      order.push(event);
      return event;
    },
    /** Deletes a document with its events. */
    delete(documentId: string) {
      events.delete(documentId);
      deleted.add(documentId);
      order.push(documentId);
    },
    /** Keeps no events up to this number any more. */
    prune(upTo: number) {
      pruned = upTo;
    },
    /** Every call fails from now on. */
    fail(error: ZonedError | null) {
      failure = error;
    },
  };
}

/** The message that broadcasts an event. */
export function broadcastOf(event: ZonedEvent) {
  const { documentId, seq, jobId, at } = event;
  return {
    record: { document_id: documentId, seq, job_id: jobId, at, kind: "test", payload: {}, owner: "me" },
  };
}

/** A machine whose network and screen a test switches. */
export function fakeEnvironment() {
  let online = true;
  let visible = true;
  const listeners = new Set<Parameters<Environment["watch"]>[0]>();
  const environment: Environment = {
    online: () => online,
    visible: () => visible,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    environment,
    watchers: () => listeners.size,
    setOnline(value: boolean) {
      online = value;
      for (const listener of [...listeners]) value ? listener.online() : listener.offline();
    },
    setVisible(value: boolean) {
      visible = value;
      if (value) for (const listener of [...listeners]) listener.shown();
    },
  };
}

export const networkError = new ZonedError({ code: "network", message: "cut" });
