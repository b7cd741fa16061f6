import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type ConnectionState, createZonedClient, type ZonedClient, type ZonedEvent } from "../src/index";
import { type Account, eventually, newAccount, newUser, shortLived, signedIn } from "./support/account";
import { Daemon } from "./support/daemon";
import { uploaded } from "./support/documents";
import { FlakyNetwork } from "./support/flaky_network";

let daemon: Daemon;
beforeAll(async () => {
  daemon = await Daemon.start();
});

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** A second window of a user, behind a proxy. */
async function windowOf(account: Account) {
  const proxy = await FlakyNetwork.start(inject("project").url);
  const supabase = await signedIn(account, proxy.url);
  // Reconnects as the browser does, only sooner.
  const zoned = createZonedClient(supabase, { realtime: { rhythm: { polling: 500, checking: 3000 } } });
  closing.push(async () => {
    zoned.close();
    await supabase.realtime.disconnect();
    await proxy.end();
  });
  return { proxy, zoned };
}

function status(zoned: ZonedClient, wanted: ConnectionState["status"]) {
  return eventually(`the connection is ${wanted}`, () => zoned.connection.get().status === wanted);
}

/** Numbers of events by document, as they were handed on. */
function record() {
  const numbers = new Map<string, number[]>();
  return {
    numbers,
    take: ({ documentId, seq }: ZonedEvent) => {
      numbers.set(documentId, [...(numbers.get(documentId) ?? []), seq]);
    },
  };
}

function upTo(last: number, from = 1) {
  return Array.from({ length: last - from + 1 }, (_, index) => from + index);
}

async function lastSeq(zoned: ZonedClient, documentId: string): Promise<number> {
  const { data } = await zoned.supabase
    .from("job_events")
    .select("seq")
    .eq("document_id", documentId)
    .order("seq", { ascending: false })
    .limit(1)
    .single();
  return data?.seq ?? 0;
}

describe("watching", () => {
  it("loses no event, repeats none and keeps their order while connections are cut at random", async () => {
    const account = await newAccount();
    const here = createZonedClient(await signedIn(account));
    const { proxy, zoned } = await windowOf(account);
    const all = record();
    const one = record();
    const documents = [
      await uploaded(here, "1.pdf"),
      await uploaded(here, "2.pdf"),
      await uploaded(here, "3.pdf"),
    ];
    const before = new Map<string, number>();
    for (const { id } of documents) {
      // Nobody else has anything to do with it from now on.
      await here.documents.cancel(id);
      before.set(id, await lastSeq(here, id));
    }
    zoned.watchDocuments(all.take);
    const [first] = documents;
    zoned.watchDocument(first?.id ?? "", one.take);
    await status(zoned, "live");

    let writing = true;
    const cutting = (async () => {
      let cuts = 0;
      while (writing) {
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 600));
        proxy.cut(Math.random() < 0.5 ? "all" : "websockets");
        cuts += 1;
      }
      return cuts;
    })();
    // Each new name is an event of its document.
    await Promise.all(
      documents.map(async ({ id }) => {
        for (let count = 0; count < 120; count += 1) {
          await here.documents.rename(id, `name ${count}`);
          if (count % 10 === 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
        }
      }),
    );
    writing = false;
    expect(await cutting).toBeGreaterThan(3);

    for (const { id } of documents) {
      const last = await lastSeq(here, id);
      await eventually(`all events of ${id}`, () => all.numbers.get(id)?.at(-1) === last);
      expect(all.numbers.get(id)).toEqual(upTo(last, (before.get(id) ?? 0) + 1));
    }
    const id = first?.id ?? "";
    const last = await lastSeq(here, id);
    await eventually("all events of the one", () => one.numbers.get(id)?.at(-1) === last);
    expect(one.numbers.get(id)).toEqual(upTo(last, (before.get(id) ?? 0) + 1));
    await status(zoned, "live");
    expect(proxy.websockets()).toBe(1);
  });

  it("catches up with what happened while nothing got through", async () => {
    const account = await newAccount();
    const here = createZonedClient(await signedIn(account));
    const { proxy, zoned } = await windowOf(account);
    const heard = record();
    zoned.watchDocuments(heard.take);
    await status(zoned, "live");
    proxy.close();
    const document = await uploaded(here);
    await daemon.process(document.id, [[], [], []]);
    expect(heard.numbers.size).toBe(0);
    proxy.open();
    const last = await lastSeq(here, document.id);
    await eventually("all events", () => heard.numbers.get(document.id)?.at(-1) === last);
    expect(heard.numbers.get(document.id)).toEqual(upTo(last));
  });

  it("learns of each deletion once, though connections are cut at random and it happens meanwhile", async () => {
    const account = await newAccount();
    const here = createZonedClient(await signedIn(account));
    const { proxy, zoned } = await windowOf(account);
    const ids: string[] = [];
    for (let count = 0; count < 24; count += 1) {
      const made = await here.supabase.rpc("create_document", { name: `${count}.pdf`, byte_size: 1000 });
      ids.push(made.data?.id ?? "");
    }
    const [watched = "", kept = "", ...doomed] = ids;
    const heard = { deleted: [] as string[], ofWatched: [] as string[], events: record() };
    zoned.watchDocuments({ onEvent: heard.events.take, onDeleted: (id) => heard.deleted.push(id) });
    zoned.watchDocument(watched, { onDeleted: (id) => heard.ofWatched.push(id) });
    await status(zoned, "live");

    let deleting = true;
    const cutting = (async () => {
      while (deleting) {
        proxy.cut(Math.random() < 0.5 ? "all" : "websockets");
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 300));
      }
    })();
    for (const id of doomed) {
      await here.documents.delete(id);
      await here.documents.rename(kept, `after ${id}`);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    }
    deleting = false;
    await cutting;
    await eventually("all deletions", () => heard.deleted.length >= doomed.length);

    // For a while nothing gets through at all.
    proxy.close();
    await here.documents.delete(watched);
    await here.documents.rename(kept, "after all");
    const before = heard.deleted.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(heard.deleted.length).toBe(before);
    proxy.open();
    await eventually("the deletion meanwhile", () => heard.deleted.includes(watched));
    await eventually("it of the one watched", () => heard.ofWatched.length > 0);

    const last = await lastSeq(here, kept);
    await eventually("all events", () => heard.events.numbers.get(kept)?.at(-1) === last);
    expect([...heard.deleted].sort()).toEqual([watched, ...doomed].sort());
    expect(heard.ofWatched).toEqual([watched]);
    // The topic of a document that is gone is no reason to be in trouble.
    await status(zoned, "live");
  });

  it("goes on by asking where websockets are blocked, and is live when they are not any more", async () => {
    const account = await newAccount();
    const here = createZonedClient(await signedIn(account));
    const { proxy, zoned } = await windowOf(account);
    proxy.blockWebsockets = true;
    const heard = record();
    zoned.watchDocuments(heard.take);
    await status(zoned, "polling");
    const document = await uploaded(here);
    await here.documents.cancel(document.id);
    const last = await lastSeq(here, document.id);
    await eventually("the events", () => heard.numbers.get(document.id)?.at(-1) === last);
    proxy.blockWebsockets = false;
    zoned.reconnect();
    await status(zoned, "live");
    await here.documents.rename(document.id, "Renamed.pdf");
    await eventually("the next event", () => heard.numbers.get(document.id)?.at(-1) === last + 1);
  });

  it("uses one websocket and one channel a topic, however many watch", async () => {
    const account = await newAccount();
    const here = createZonedClient(await signedIn(account));
    const document = await uploaded(here);
    await here.documents.cancel(document.id);
    const { proxy, zoned } = await windowOf(account);
    const records = Array.from({ length: 20 }, record);
    const ends = records.map(({ take }) => zoned.watchDocument(document.id, take));
    await status(zoned, "live");
    expect(proxy.websockets()).toBe(1);
    expect(zoned.supabase.getChannels().map((channel) => channel.topic)).toEqual([
      `realtime:document:${document.id}`,
    ]);
    await here.documents.rename(document.id, "Renamed.pdf");
    const last = await lastSeq(here, document.id);
    await eventually("everyone heard", () =>
      records.every(({ numbers }) => numbers.get(document.id)?.includes(last)),
    );
    for (const end of ends) end();
    await eventually("nobody listens", () => zoned.supabase.getChannels().length === 0);
    expect(zoned.connection.get().status).toBe("idle");
  });

  it("joins anew with a fresh token when the server ends the channel of one that is over", async (context) => {
    const account = await newAccount();
    const { zoned } = await windowOf(account);
    const { data } = await zoned.supabase.auth.getSession();
    const token = shortLived(data.session?.access_token ?? "", 3);
    if (token === undefined) return context.skip();
    const heard = record();
    const states: string[] = [];
    zoned.watchDocuments(heard.take);
    await status(zoned, "live");
    zoned.connection.subscribe(() => states.push(zoned.connection.get().status));
    await zoned.supabase.realtime.setAuth(token);
    await eventually("the channel is ended", () => states.includes("connecting"));
    await status(zoned, "live");
    const document = await uploaded(zoned);
    await eventually("its events", () => heard.numbers.get(document.id)?.includes(1));
  });

  it("tells nothing of another user's documents, and does not let one listen to them", async () => {
    const [owner, other] = [await newUser(), await newUser()];
    closing.push(owner.close, other.close);
    const document = await uploaded(owner);
    const heard: ZonedEvent[] = [];
    const errors: string[] = [];
    other.watchDocuments((event) => heard.push(event));
    other.watchDocument(document.id, {
      onEvent: (event) => heard.push(event),
      onError: (error) => errors.push(error.code),
    });
    await eventually("the refusal", () => errors.includes("forbidden"));
    await owner.documents.rename(document.id, "Secret.pdf");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(heard).toEqual([]);
  });

  it("begins when somebody signs in, and ends when they sign out", async () => {
    const account = await newAccount();
    const { zoned } = await windowOf(account);
    const heard = record();
    await zoned.supabase.auth.signOut({ scope: "local" });
    zoned.watchDocuments(heard.take);
    await status(zoned, "signed_out");
    await zoned.supabase.auth.signInWithPassword(account);
    await status(zoned, "live");
    const document = await uploaded(zoned);
    await eventually("its first event", () => heard.numbers.get(document.id)?.includes(1));
    await zoned.supabase.auth.signOut({ scope: "local" });
    await status(zoned, "signed_out");
    expect(zoned.supabase.getChannels()).toEqual([]);
  });

  it("understands every kind of event that the database writes", async () => {
    const account = await newAccount();
    const zoned = createZonedClient(await signedIn(account));
    closing.push(zoned.close);
    const heard: ZonedEvent[] = [];
    zoned.watchDocuments((event) => heard.push(event));
    await status(zoned, "live");
    const document = await uploaded(zoned);
    await daemon.process(document.id, [[{ kind: "paragraph", content: "One." }]]);
    await zoned.zones.draw(document.id, 1, { x: 1, y: 1, width: 9, height: 9 });
    const job = await daemon.claim(document.id);
    await daemon.saveZone(job, { kind: "paragraph", content: "Read." });
    await zoned.exports.request(document.id, "markdown");
    await daemon.export(document.id, "# One");
    const failing = await uploaded(zoned);
    await daemon.fail(await daemon.claim(failing.id), "encrypted", "It needs a password.");
    const last = await lastSeq(zoned, document.id);
    await eventually(
      "all events",
      () => heard.filter(({ documentId }) => documentId === document.id).length === last,
    );
    await eventually("the failure", () =>
      heard.some((event) => event.kind === "document.status" && event.error),
    );
    expect([...new Set(heard.map(({ kind }) => kind))].sort()).toEqual([
      "document.created",
      "document.status",
      "export.status",
      "job.state",
      "pages.saved",
      "progress",
      "zones.changed",
    ]);
  });

  it("tells of edits of zones and of deletions", async () => {
    const account = await newAccount();
    const here = createZonedClient(await signedIn(account));
    const document = await uploaded(here);
    await daemon.process(document.id, [
      [
        { kind: "paragraph", content: "One." },
        { kind: "paragraph", content: "Two." },
      ],
    ]);
    const [first, second] = await here.zones.list(document.id, 1);
    const { zoned } = await windowOf(account);
    const heard: ZonedEvent[] = [];
    const deleted: string[] = [];
    zoned.watchDocuments({ onEvent: (event) => heard.push(event), onDeleted: (id) => deleted.push(id) });
    await status(zoned, "live");
    await here.zones.update(first?.id ?? "", { content: "Edited." });
    await here.zones.delete(second?.id ?? "");
    await here.zones.restore(second?.id ?? "", 1);
    await eventually("three events", () => heard.length === 3);
    expect(heard).toMatchObject([
      { kind: "zones.changed", pageNumber: 1, saved: [{ id: first?.id, revision: 2 }], deleted: [] },
      { kind: "zones.changed", pageNumber: 1, saved: [], deleted: [second?.id] },
      { kind: "zones.changed", pageNumber: 1, saved: [{ id: second?.id, revision: 2 }], deleted: [] },
    ]);
    await here.documents.delete(document.id);
    await eventually("the deletion", () => deleted.includes(document.id));
  });
});
