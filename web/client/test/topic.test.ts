import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ZonedError } from "../src/index";
import { documentReader, userReader } from "../src/realtime/catch_up";
import { EventOrder } from "../src/realtime/order";
import { Topic, type TopicListener } from "../src/realtime/topic";
import { broadcastOf, fakeBacklog, fakeEnvironment, fakeTransport, networkError } from "./support/fakes";

const RHYTHM = { polling: 3000, checking: 30_000 };

function opened(scope: "document" | "user" = "document") {
  const order = new EventOrder();
  const { transport, ...fakes } = fakeTransport();
  const database = fakeBacklog();
  const machine = fakeEnvironment();
  const topic = new Topic({
    name: async () => (scope === "document" ? "document:a" : "user:me"),
    documentId: scope === "document" ? "a" : null,
    order,
    reader:
      scope === "document"
        ? documentReader(database.backlog, order, "a")
        : userReader(database.backlog, order),
    transport,
    environment: machine.environment,
    rhythm: RHYTHM,
  });
  return { topic, ...fakes, database, machine };
}

function listener() {
  const heard = {
    numbers: [] as number[],
    documents: [] as string[],
    deleted: [] as string[],
    errors: [] as string[],
    synced: [] as boolean[],
  };
  const handlers: TopicListener = {
    event: (event) => {
      heard.numbers.push(event.seq);
      heard.documents.push(event.documentId);
    },
    deleted: (documentId) => heard.deleted.push(documentId),
    synced: (first) => heard.synced.push(first),
    error: (error) => heard.errors.push(error.code),
  };
  return { ...heard, handlers };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

/** A topic with a listener, whose connection is there. `before` fills the database first. */
async function connected(
  scope?: "document" | "user",
  before: (database: ReturnType<typeof fakeBacklog>) => void = () => {},
) {
  const fakes = opened(scope);
  before(fakes.database);
  const heard = listener();
  const end = fakes.topic.subscribe(heard.handlers);
  await settle();
  fakes.latest().joined();
  await settle();
  return { ...fakes, heard, end };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a topic", () => {
  it("hands on events from now on, as they are broadcast", async () => {
    const { latest, database, heard } = await connected("document", (database) => {
      database.write();
    });
    latest().broadcast("test", broadcastOf(database.write()));
    expect(heard.numbers).toEqual([2]);
    expect(heard.synced[0]).toBe(true);
  });

  it("asks the database for what a gap left out", async () => {
    const { latest, database, heard } = await connected();
    database.write();
    database.write();
    latest().broadcast("test", broadcastOf(database.write()));
    expect(heard.numbers).toEqual([]);
    await settle();
    expect(heard.numbers).toEqual([1, 2, 3]);
  });

  it("goes on after events that are kept no longer", async () => {
    const { database, machine, heard } = await connected();
    machine.setOnline(false);
    for (let count = 0; count < 6; count += 1) database.write();
    database.prune(4);
    machine.setOnline(true);
    await settle();
    expect(heard.numbers).toEqual([5, 6]);
    expect(heard.errors).toEqual([]);
  });

  it("joins once for many listeners, and leaves with the last of them", async () => {
    const { topic, latest, subscriptions, database, machine } = opened();
    const [first, second] = [listener(), listener()];
    const endFirst = topic.subscribe(first.handlers);
    const endSecond = topic.subscribe(second.handlers);
    await settle();
    latest().joined();
    await settle();
    latest().broadcast("test", broadcastOf(database.write()));
    endFirst();
    latest().broadcast("test", broadcastOf(database.write()));
    expect(subscriptions.length).toBe(1);
    expect(first.numbers).toEqual([1]);
    expect(second.numbers).toEqual([1, 2]);
    expect(latest().left).toBe(false);
    endSecond();
    expect(latest().left).toBe(true);
    expect(machine.watchers()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks again and again while it cannot join, and hands on what the database has", async () => {
    const { topic, latest, subscriptions, database } = opened();
    const heard = listener();
    topic.subscribe(heard.handlers);
    await settle();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      latest().lost(networkError);
      database.write();
      await vi.advanceTimersByTimeAsync(RHYTHM.polling + 1000 * 2 ** attempt);
    }
    expect(heard.numbers).toEqual([1, 2, 3, 4]);
    expect(subscriptions.length).toBeGreaterThan(2);
    expect(heard.errors).toContain("network");
  });

  it("does nothing while the machine is offline, and catches up when it is back", async () => {
    const { subscriptions, database, machine, heard } = await connected();
    machine.setOnline(false);
    const asked = { ...database.calls };
    database.write();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(database.calls).toEqual(asked);
    expect(heard.numbers).toEqual([]);
    machine.setOnline(true);
    await settle();
    expect(heard.numbers).toEqual([1]);
    expect(subscriptions.length).toBe(2);
  });

  it("does not trust a connection that was there before the machine slept", async () => {
    const { subscriptions, database, machine, heard } = await connected();
    database.write();
    // Timers stand still while a machine sleeps, the clock does not.
    vi.setSystemTime(Date.now() + 3_600_000);
    machine.setVisible(true);
    await settle();
    expect(subscriptions.length).toBe(2);
    expect(subscriptions[0]?.left).toBe(true);
    expect(heard.numbers).toEqual([1]);
  });

  it("joins anew when the database tells what a connection should have brought", async () => {
    const { subscriptions, database } = await connected();
    database.write();
    await vi.advanceTimersByTimeAsync(RHYTHM.checking + 500);
    expect(subscriptions.length).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(subscriptions.length).toBe(2);
  });

  it("keeps a connection whose broadcast came a little after the database told", async () => {
    const { latest, subscriptions, database } = await connected();
    const event = database.write();
    await vi.advanceTimersByTimeAsync(RHYTHM.checking + 500);
    latest().broadcast("test", broadcastOf(event));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(subscriptions.length).toBe(1);
  });

  it("listens to its latest join only", async () => {
    const { topic, subscriptions, database, heard } = await connected();
    topic.rejoin();
    await settle();
    subscriptions[0]?.broadcast("test", broadcastOf(database.write()));
    subscriptions[0]?.lost(networkError);
    expect(heard.numbers).toEqual([]);
    expect(topic.status.get().link.kind).toBe("joining");
  });

  it("tells everyone though one of them throws", async () => {
    const { topic, latest, database } = opened();
    const errors: unknown[] = [];
    const original = globalThis.queueMicrotask;
    vi.stubGlobal("queueMicrotask", (task: () => void) =>
      original(() => {
        try {
          task();
        } catch (error) {
          errors.push(error);
        }
      }),
    );
    const bad = listener();
    topic.subscribe({
      ...bad.handlers,
      event: () => {
        throw new Error("a listener's own");
      },
    });
    const good = listener();
    topic.subscribe(good.handlers);
    await settle();
    latest().joined();
    await settle();
    latest().broadcast("test", broadcastOf(database.write()));
    await settle();
    vi.unstubAllGlobals();
    expect(good.numbers).toEqual([1]);
    expect(errors).toEqual([new Error("a listener's own")]);
  });

  it("tells that its document was deleted, and ends", async () => {
    for (const how of ["broadcast", "database"] as const) {
      const { topic, latest, subscriptions, database, machine, heard } = await connected(
        "document",
        (database) => {
          database.write();
        },
      );
      if (how === "database") machine.setOnline(false);
      database.delete("a");
      if (how === "database") machine.setOnline(true);
      else latest().broadcast("document.deleted", { document_id: "a", id: "m" });
      await settle();
      expect(heard.deleted, how).toEqual(["a"]);
      expect(topic.status.get().link.kind).toBe("closed");
      expect(latest().left).toBe(true);
      const joins = subscriptions.length;
      topic.retry();
      machine.setOnline(true);
      await vi.advanceTimersByTimeAsync(120_000);
      expect(subscriptions.length).toBe(joins);
      expect(vi.getTimerCount()).toBe(0);
      expect(heard.deleted).toEqual(["a"]);
    }
  });

  it("waits longer when the database does not answer either", async () => {
    const { topic, latest, database } = opened();
    const heard = listener();
    topic.subscribe(heard.handlers);
    await settle();
    latest().lost(networkError);
    database.fail(new ZonedError({ code: "unavailable", message: "down" }));
    await vi.advanceTimersByTimeAsync(300_000);
    const during = database.calls.since + database.calls.lastSeq;
    expect(during).toBeLessThan(30);
    database.fail(null);
    database.write();
    await vi.advanceTimersByTimeAsync(70_000);
    expect(heard.numbers).toEqual([1]);
  });
});

describe("a user's topic", () => {
  it("meets a document it has not seen by asking what came first", async () => {
    const { latest, database, heard } = await connected("user", (database) => {
      database.write("old");
      database.write("old");
    });
    database.write("old");
    latest().broadcast("test", broadcastOf(database.write("old")));
    latest().broadcast("test", broadcastOf(database.write("new")));
    await settle();
    expect(heard.documents.map((documentId, index) => `${documentId}${heard.numbers[index]}`).sort()).toEqual(
      ["new1", "old3", "old4"],
    );
  });

  it("catches up with every document after it was away", async () => {
    const { database, machine, heard } = await connected("user");
    machine.setOnline(false);
    for (let count = 0; count < 700; count += 1)
      for (const documentId of ["a", "b", "c"]) database.write(documentId);
    machine.setOnline(true);
    await settle();
    for (const documentId of ["a", "b", "c"]) {
      const own = heard.numbers.filter((_, index) => heard.documents[index] === documentId);
      expect(own).toEqual(Array.from({ length: 700 }, (_, index) => index + 1));
    }
  });

  it("tells of a document that is deleted, once, whichever way it learns of it", async () => {
    const { topic, latest, database, heard } = await connected("user", (database) => {
      database.write("a");
      database.write("b");
    });
    database.delete("a");
    latest().broadcast("document.deleted", { document_id: "a", id: "m" });
    latest().broadcast("document.deleted", null);
    expect(heard.deleted).toEqual(["a"]);
    database.delete("b");
    await vi.advanceTimersByTimeAsync(2 * RHYTHM.checking);
    expect(heard.deleted).toEqual(["a", "b"]);
    latest().broadcast("document.deleted", { document_id: "b", id: "n" });
    expect(heard.deleted).toEqual(["a", "b"]);
    expect(topic.status.get().link.kind).not.toBe("closed");
  });

  it("learns of what was deleted while it was away as soon as it is back", async () => {
    const { database, machine, heard } = await connected("user", (database) => {
      for (const documentId of ["a", "b", "c"]) database.write(documentId);
    });
    machine.setOnline(false);
    database.write("a");
    database.delete("b");
    database.write("new");
    database.delete("new");
    expect(heard.deleted).toEqual([]);
    machine.setOnline(true);
    await settle();
    expect(heard.deleted).toEqual(["b", "new"]);
    expect(heard.documents).toEqual(["a"]);
  });

  it("tells nothing of a document after its deletion, though an answer or a broadcast is late", async () => {
    const { topic, latest, database } = opened("user");
    const old = database.write("a");
    const heard = listener();
    topic.subscribe(heard.handlers);
    await settle();
    latest().joined();
    await settle();
    const late = database.write("a");
    // The database has answered, and its answer is on the way.
    topic.retry();
    latest().broadcast("document.deleted", { document_id: "a", id: "m" });
    await settle();
    latest().broadcast("test", broadcastOf(late));
    latest().broadcast("test", broadcastOf(old));
    await settle();
    expect(heard.numbers).toEqual([]);
    expect(heard.deleted).toEqual(["a"]);
  });

  it("begins anew after it was away for longer than deletions are kept", async () => {
    const { machine, heard } = await connected("user");
    machine.setOnline(false);
    vi.setSystemTime(Date.now() + 28 * 24 * 3600_000);
    machine.setOnline(true);
    await settle();
    expect(heard.synced.at(-1)).toBe(false);
    machine.setOnline(false);
    vi.setSystemTime(Date.now() + 31 * 24 * 3600_000);
    heard.synced.length = 0;
    machine.setOnline(true);
    await settle();
    expect(heard.synced).toContain(true);
  });
});
