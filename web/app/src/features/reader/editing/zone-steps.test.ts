import { type Job, type Zone, ZonedError } from "@zoned/client";
import { describe, expect, it } from "vitest";
import { ChangedSince, type ZoneCalls, ZoneSteps } from "./zone-steps";

function zone(id: string, readingOrder: number, content: string): Zone {
  return {
    id,
    documentId: "d",
    pageNumber: 1,
    kind: "paragraph",
    level: null,
    bbox: { x: 0, y: 0, width: 100, height: 20 },
    readingOrder,
    content,
    table: null,
    items: null,
    edited: false,
    confidence: 1,
    origin: "engine",
    revision: 1,
    createdAt: "",
    updatedAt: "",
  };
}

/** A page in memory that counts revisions and keeps the old ones, as the database does. */
function page() {
  const zones = new Map<string, Zone>();
  const history = new Map<string, Zone>();
  const readings = new Set<string>();
  const keep = (old: Zone) => history.set(`${old.id} ${old.revision}`, old);
  const put = (next: Zone) => {
    const old = zones.get(next.id);
    if (old) keep(old);
    const saved = { ...next, revision: (old?.revision ?? next.revision - 1) + 1 };
    zones.set(saved.id, saved);
    return saved;
  };
  const check = (id: string, revision: number | undefined) => {
    const current = zones.get(id);
    if (revision === undefined || current?.revision === revision) return;
    throw new ZonedError({ code: "conflict", message: "conflict", current });
  };
  const onPage = () => [...zones.values()].sort((one, other) => one.readingOrder - other.readingOrder);
  const calls: ZoneCalls = {
    find: async (id) => {
      const found = zones.get(id);
      if (!found) throw new Error("not_found");
      return found;
    },
    onPage,
    update: async (old, change) => {
      check(old.id, old.revision);
      return put({ ...old, content: change.content ?? old.content });
    },
    remove: async (old) => {
      check(old.id, old.revision);
      keep(old);
      zones.delete(old.id);
    },
    restore: async (id, toRevision, revision) => {
      check(id, revision);
      const former = history.get(`${id} ${toRevision}`);
      if (!former) throw new Error(`no revision ${toRevision}`);
      const latest = Math.max(
        ...[...history.values()].filter((old) => old.id === id).map((old) => old.revision),
      );
      return zones.has(id) ? put(former) : put({ ...former, revision: latest + 1 });
    },
    order: async (_page, ids) =>
      onPage().flatMap((old) => {
        const place = ids.indexOf(old.id);
        return place === old.readingOrder ? [] : [put({ ...old, readingOrder: place })];
      }),
    draw: async () => {
      const drawn = put(zone("drawn", 9, ""));
      return { params: { kind: "process_zone", zoneId: drawn.id, revision: drawn.revision } } as Job;
    },
    wasReadSince: async (old) => readings.has(`${old.id} ${old.revision}`),
    reread: async (old) => {
      put({ ...old, content: `${old.content} (read)` });
      return {} as Job;
    },
  };
  for (const [index, content] of ["one", "two", "three"].entries()) put(zone(content, index, content));
  const texts = () =>
    onPage()
      .map((each) => each.content)
      .join(" ");
  const get = (id: string) => {
    const found = zones.get(id);
    if (!found) throw new Error(`no zone ${id}`);
    return found;
  };
  const read = (id: string, content: string) => {
    readings.add(`${id} ${get(id).revision}`);
    put({ ...get(id), content });
  };
  return { steps: new ZoneSteps(calls), calls, texts, get, put, read };
}

describe("edits of zones", () => {
  it("are undone and redone one after the other, whatever kinds they are of", async () => {
    const { steps, texts, get } = page();
    const states = [texts()];
    const act = async (work: Promise<unknown>) => {
      await work;
      states.push(texts());
    };
    await act(steps.edit(get("one"), { content: "ONE" }, "edit"));
    await act(steps.order(1, ["three", "one", "two"]));
    await act(steps.edit(get("three"), { content: "THREE" }, "edit"));
    await act(steps.remove(get("one")));
    await act(steps.edit(get("two"), { content: "TWO" }, "edit"));
    await act(steps.draw(1, { x: 0, y: 0, width: 9, height: 9 }, undefined));
    await act(steps.reread(get("two"), undefined));
    await act(steps.restore("one", 2, null));
    expect(states.at(-1)).not.toBe(states[0]);
    for (let round = 0; round < 3; round += 1) {
      for (const state of states.slice(0, -1).reverse()) {
        await steps.stack.undo();
        expect(texts()).toBe(state);
      }
      expect(await steps.stack.undo()).toBeNull();
      for (const state of states.slice(1)) {
        await steps.stack.redo();
        expect(texts()).toBe(state);
      }
    }
  });

  it("are not undone over somebody else's edit", async () => {
    const { steps, texts, get, put } = page();
    await steps.edit(get("one"), { content: "mine" }, "edit");
    put({ ...get("one"), content: "theirs" });
    await expect(steps.stack.undo()).rejects.toBeInstanceOf(ChangedSince);
    expect(texts()).toBe("theirs two three");
  });

  it("of a zone that is being read go on top of what was read", async () => {
    const { steps, texts, get, read } = page();
    await steps.draw(1, { x: 0, y: 0, width: 9, height: 9 }, undefined);
    const drawn = get("drawn");
    read("drawn", "read");
    await steps.edit(drawn, { content: "typed" }, "edit");
    expect(texts()).toBe("one two three typed");
    await steps.stack.undo();
    expect(texts()).toBe("one two three read");
  });

  it("of a zone that is being read delete it with what was read, and bring that back", async () => {
    const { steps, texts, get, read } = page();
    await steps.draw(1, { x: 0, y: 0, width: 9, height: 9 }, undefined);
    const drawn = get("drawn");
    read("drawn", "read");
    await steps.remove(drawn);
    expect(texts()).toBe("one two three");
    await steps.stack.undo();
    expect(texts()).toBe("one two three read");
  });

  it("of a zone that is being read leave alone what somebody else has made of it", async () => {
    const { steps, texts, get, put } = page();
    await steps.draw(1, { x: 0, y: 0, width: 9, height: 9 }, undefined);
    const drawn = get("drawn");
    put({ ...drawn, content: "theirs" });
    await expect(steps.remove(drawn)).rejects.toThrow("conflict");
    await expect(steps.edit(drawn, { content: "mine" }, "edit")).rejects.toThrow("conflict");
    expect(texts()).toBe("one two three theirs");
  });

  it("that the server refuses are not remembered", async () => {
    const { steps, get, put } = page();
    const old = get("one");
    put({ ...old, content: "theirs" });
    await expect(steps.edit(old, { content: "mine" }, "edit")).rejects.toThrow("conflict");
    expect(steps.stack.state().undo).toBeNull();
  });
});
