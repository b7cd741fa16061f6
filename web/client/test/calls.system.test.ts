import { beforeAll, describe, expect, it } from "vitest";
import {
  createZonedClient,
  type Document,
  isZonedError,
  type ZonedClient,
  type ZonedErrorCode,
} from "../src/index";
import { eventually, newAccount, newUser, signedIn } from "./support/account";
import { Daemon } from "./support/daemon";
import { ready, uploaded } from "./support/documents";
import { pdfFile } from "./support/pdf";

let daemon: Daemon;
let zoned: ZonedClient;
beforeAll(async () => {
  daemon = await Daemon.start();
  zoned = await newUser();
});

async function codeOf(call: Promise<unknown>): Promise<ZonedErrorCode | "no error"> {
  try {
    await call;
    return "no error";
  } catch (error) {
    if (isZonedError(error)) return error.code;
    throw error;
  }
}

const table = {
  rows: 1,
  columns: 2,
  cells: [
    { row: 0, column: 0, row_span: 1, column_span: 1, header: true, content: "a" },
    { row: 0, column: 1, row_span: 1, column_span: 1, header: false, content: "b" },
  ],
};
const nobody = "00000000-0000-4000-8000-000000000000";

describe("documents", () => {
  it("are listed slice by slice in every order, each once", async () => {
    const user = await newUser();
    const names = ["b.pdf", 'a, "x" (1).pdf', "c.pdf", "a.pdf", "d\\.pdf"];
    for (const name of names) await uploaded(user, name);
    for (const sort of ["created_at", "updated_at", "name", "byte_size", "page_count", "status"] as const) {
      for (const descending of [true, false]) {
        const seen: Document[] = [];
        let cursor: string | null = null;
        do {
          const slice: { items: readonly Document[]; nextCursor: string | null } = await user.documents.list(
            { sort, descending, pageSize: 2 },
            cursor,
          );
          seen.push(...slice.items);
          cursor = slice.nextCursor;
        } while (cursor);
        expect(seen.map(({ name }) => name).sort(), `${sort} ${descending}`).toEqual([...names].sort());
        if (sort === "created_at") {
          expect(seen.map(({ name }) => name)).toEqual(descending ? [...names].reverse() : names);
        }
      }
    }
    expect(await codeOf(user.documents.list({}, "nonsense"))).toBe("invalid");
  });

  it("are found by words of their name and of what the PDF says about itself", async () => {
    const user = await newUser();
    await uploaded(user, "Annual 100% report_2026.pdf");
    const titled = await uploaded(user, "scan.pdf");
    await user.documents.setMetadata(titled.id, { title: "Report on bees", note: "hidden" });
    const found = async (search: string) =>
      (await user.documents.list({ search })).items.map(({ name }) => name);
    expect((await found("report")).length).toBe(2);
    expect(await found("ANNUAL 100%")).toEqual(["Annual 100% report_2026.pdf"]);
    expect(await found("bees report")).toEqual(["scan.pdf"]);
    expect(await found("hidden")).toEqual([]);
    expect(await found("_2026")).toEqual(["Annual 100% report_2026.pdf"]);
    expect((await user.documents.list({ statuses: ["ready"] })).items).toEqual([]);
    expect((await user.documents.list({ search: "bees", statuses: ["queued", "failed"] })).items.length).toBe(
      1,
    );
  });

  it("show how far their processing is", async () => {
    const document = await uploaded(zoned);
    const job = await daemon.claim(document.id);
    await daemon.savePages(job, 1, [[], []], 4);
    const { items } = await zoned.documents.list({ search: document.name });
    const listed = items.find(({ id }) => id === document.id);
    expect(listed).toMatchObject({
      status: "processing",
      pageCount: 4,
      progress: { pagesDone: 2, pagesTotal: 4, percent: 50 },
    });
    await zoned.documents.cancel(document.id);
  });

  it("are renamed; a name that is none is invalid and says why", async () => {
    const document = await uploaded(zoned);
    expect((await zoned.documents.rename(document.id, "New.pdf")).name).toBe("New.pdf");
    await expect(zoned.documents.rename(document.id, "")).rejects.toMatchObject({
      code: "invalid",
      message: "A name has 1 to 255 characters.",
      retryable: false,
    });
    expect(await codeOf(zoned.documents.rename(nobody, "x"))).toBe("not_found");
  });

  it("that failed are tried again, and running ones canceled", async () => {
    const document = await uploaded(zoned);
    await daemon.fail(await daemon.claim(document.id), "encrypted", "It needs a password.");
    const failed = await zoned.documents.get(document.id);
    expect(failed).toMatchObject({
      status: "failed",
      error: { code: "encrypted", message: "It needs a password." },
    });
    expect(await zoned.documents.retry(document.id)).toMatchObject({ status: "queued", error: null });
    expect(await codeOf(zoned.documents.retry(document.id))).toBe("conflict");
    expect(await zoned.documents.cancel(document.id)).toMatchObject({
      status: "failed",
      error: { code: "canceled" },
    });
    expect(await codeOf(zoned.documents.cancel(document.id))).toBe("conflict");
    expect(await codeOf(zoned.documents.retry(nobody))).toBe("not_found");
  });

  it("go with everything that belongs to them, also while they are processed", async () => {
    const documents = [await ready(zoned, daemon), await uploaded(zoned), await uploaded(zoned)];
    const [exported, running] = documents as [Document, Document, Document];
    await zoned.exports.request(exported.id, "markdown");
    await daemon.export(exported.id, "# Text");
    await daemon.claim(running.id);
    await zoned.documents.delete(documents.map(({ id }) => id));
    for (const { id, objectPath } of documents) {
      expect(await codeOf(zoned.documents.get(id))).toBe("not_found");
      const folder = objectPath.replace("/source.pdf", "");
      for (const bucket of ["documents", "exports"]) {
        const { data } = await zoned.supabase.storage.from(bucket).list(folder);
        expect(data).toEqual([]);
      }
    }
    await zoned.documents.delete(documents.map(({ id }) => id));
  });

  it("give an address that works without a session, in ranges", async () => {
    const document = await uploaded(zoned);
    const url = await zoned.documents.fileUrl(document, { seconds: 60 });
    const answer = await fetch(url, { headers: { range: "bytes=0-4" } });
    expect(answer.status).toBe(206);
    expect(await answer.text()).toBe("%PDF-");
  });
});

describe("zones", () => {
  const pages = [
    [
      { kind: "heading", content: "Title", level: 1 },
      { kind: "paragraph", content: "Some words of text." },
      { kind: "table", content: "a\tb", table },
    ],
    [{ kind: "paragraph", content: "More WORDS." }],
  ];

  it("are read by page, in order, with the cells of tables", async () => {
    const document = await ready(zoned, daemon, pages);
    const zones = await zoned.zones.list(document.id, 1);
    expect(zones.map(({ kind, readingOrder }) => [kind, readingOrder])).toEqual([
      ["heading", 0],
      ["paragraph", 1],
      ["table", 2],
    ]);
    expect(zones[2]?.table?.cells[0]).toMatchObject({ content: "a", header: true });
    expect(zones[0]?.bbox).toEqual({ x: 72, y: 72, width: 400, height: 18 });
    expect((await zoned.zones.listPages(document.id, 1, 2)).length).toBe(4);
    expect((await zoned.pages.list(document.id)).map(({ pageNumber }) => pageNumber)).toEqual([1, 2]);
    expect(await zoned.zones.search(document.id, "words")).toMatchObject([
      { pageNumber: 1 },
      { pageNumber: 2 },
    ]);
    expect(await zoned.zones.search(document.id, "100%")).toEqual([]);
  });

  it("are edited at the revision that was seen; a later one is a conflict that shows the zone as it is", async () => {
    const document = await ready(zoned, daemon, pages);
    const [zone] = await zoned.zones.list(document.id, 1);
    if (!zone) throw new Error("no zone");
    const edited = await zoned.zones.update(
      zone.id,
      { content: "New", kind: "title", level: null, bbox: { x: 1, y: 2, width: 3, height: 4 } },
      zone,
    );
    expect(edited).toMatchObject({
      revision: 2,
      content: "New",
      kind: "title",
      level: null,
      bbox: { x: 1, y: 2, width: 3, height: 4 },
    });
    await expect(zoned.zones.update(zone.id, { content: "Late" }, { revision: 1 })).rejects.toMatchObject({
      code: "conflict",
      retryable: false,
      current: { revision: 2, content: "New" },
    });
    await expect(zoned.zones.delete(zone.id, { revision: 1 })).rejects.toMatchObject({ code: "conflict" });
    await expect(zoned.zones.restore(zone.id, 1, { revision: 1 })).rejects.toMatchObject({
      code: "conflict",
      current: { revision: 2 },
    });
    expect(await codeOf(zoned.zones.update(nobody, { content: "x" }, { revision: 1 }))).toBe("not_found");
    expect(await codeOf(zoned.zones.update(zone.id, { level: 9 }))).toBe("invalid");
  });

  it("have text that follows their cells, and lose their cells when they are no tables any more", async () => {
    const document = await ready(zoned, daemon, pages);
    const zone = (await zoned.zones.list(document.id, 1))[2];
    if (!zone?.table) throw new Error("no table");
    const cells = zone.table.cells.map((cell) =>
      cell.column === 1 ? { ...cell, content: "new\ncell", bbox: null } : cell,
    );
    const edited = await zoned.zones.update(zone.id, { table: { ...zone.table, cells } });
    expect(edited.content).toBe("a\tnew cell");
    expect(edited.table?.cells[1]?.content).toBe("new\ncell");
    expect((await zoned.zones.update(zone.id, { kind: "paragraph" })).table).toBeNull();
  });

  it("are brought back whole: a table with its cells, a list with its items, the text that belongs to them", async () => {
    const items = [
      { level: 1, marker: "1.", content: "First" },
      { level: 2, marker: null, content: "Second" },
    ];
    const document = await ready(zoned, daemon, [
      [
        { kind: "table", content: "a \t b", table },
        { kind: "list", content: "1. First\n  Second", items },
      ],
    ]);
    for (const zone of await zoned.zones.list(document.id, 1)) {
      const plain = await zoned.zones.update(zone.id, { kind: "paragraph", content: "Plain." });
      expect(plain).toMatchObject({ table: null, items: null, edited: true });
      const restored = await zoned.zones.restore(zone.id, 1, { revision: 2 });
      expect({ ...restored, updatedAt: "" }).toEqual({ ...zone, revision: 3, edited: true, updatedAt: "" });
      await zoned.zones.delete(zone.id);
      const again = await zoned.zones.restore(zone.id, 3);
      expect(again).toMatchObject({
        table: zone.table,
        items: zone.items,
        content: zone.content,
        revision: 4,
      });
    }
    const list = (await zoned.zones.list(document.id, 1))[1];
    const changed = await zoned.zones.update(list?.id ?? "", { items: items.slice(0, 1) });
    expect(changed.content).toBe("1. First");
    expect(changed.items?.length).toBe(1);
  });

  it("are added, deleted, brought back, and ordered together", async () => {
    const document = await ready(zoned, daemon, pages);
    const added = await zoned.zones.add({
      documentId: document.id,
      pageNumber: 1,
      kind: "caption",
      bbox: { x: 0, y: 0, width: 9, height: 9 },
      readingOrder: 3,
      content: "Mine",
    });
    expect(added).toMatchObject({ origin: "user", revision: 1, confidence: 1 });
    await zoned.zones.delete(added.id);
    expect(await codeOf(zoned.zones.get(added.id))).toBe("not_found");
    const [deletion] = await zoned.zones.revisions(added.id);
    expect(deletion).toMatchObject({ operation: "delete", content: "Mine", revision: 1 });
    expect(await zoned.zones.restore(added.id, 1)).toMatchObject({
      content: "Mine",
      revision: 2,
      origin: "user",
    });

    const ids = (await zoned.zones.list(document.id, 1)).map(({ id }) => id).reverse();
    const moved = await zoned.zones.order(document.id, 1, ids);
    expect(moved.length).toBe(4);
    expect((await zoned.zones.list(document.id, 1)).map(({ id }) => id)).toEqual(ids);
    expect(await zoned.zones.order(document.id, 1, ids)).toEqual([]);
    expect(await codeOf(zoned.zones.order(document.id, 1, ids.slice(1)))).toBe("conflict");
    expect(await codeOf(zoned.zones.order(document.id, 9, ids))).toBe("not_found");
    expect((await zoned.zones.history(document.id, { pageNumber: 1, limit: 2 })).length).toBe(2);
  });

  it("are drawn and read anew by a job that names them", async () => {
    const document = await ready(zoned, daemon, pages);
    const job = await zoned.zones.draw(document.id, 1, { x: 10, y: 10, width: 100, height: 20 }, "heading");
    expect(job).toMatchObject({
      kind: "process_zone",
      params: { kind: "process_zone", pageNumber: 1, zoneKind: "heading" },
    });
    const claimed = await daemon.claim(document.id);
    expect(await daemon.saveZone(claimed, { kind: "heading", content: "Read", level: 2 })).toBe("ok");
    const id = job.params.kind === "process_zone" ? job.params.zoneId : "";
    expect(await zoned.zones.get(id)).toMatchObject({ content: "Read", kind: "heading", revision: 2 });
    await zoned.zones.update(id, { content: "Corrected" });
    const madeBy = (await zoned.zones.revisions(id)).map(({ revision, changedBy }) => ({
      revision,
      changedBy,
    }));
    expect(madeBy).toEqual([
      { revision: 2, changedBy: "user" },
      { revision: 1, changedBy: "engine" },
    ]);
    expect(await zoned.jobs.get(job.id)).toMatchObject({ state: "succeeded" });

    const again = await zoned.zones.reprocess(id, { revision: 3 });
    expect(await codeOf(zoned.zones.reprocess(id))).toBe("conflict");
    expect((await zoned.jobs.cancel(again.id)).state).toBe("canceled");
    expect((await zoned.jobs.retry(again.id)).state).toBe("queued");
    expect(
      (await zoned.jobs.list({ documentId: document.id, kind: "process_zone" })).map(({ id }) => id),
    ).toEqual([again.id, job.id]);
    expect(await codeOf(zoned.zones.draw(document.id, 1, { x: 5000, y: 0, width: 1, height: 1 }))).toBe(
      "invalid",
    );
  });
});

describe("exports", () => {
  it("are asked for, followed and downloaded", async () => {
    const document = await ready(zoned, daemon);
    const asked = await zoned.exports.request(document.id, "markdown", {
      kinds: ["paragraph"],
      min_confidence: 0.5,
      pages: "1-3,7-",
    });
    expect(asked).toMatchObject({
      status: "queued",
      format: "markdown",
      options: { kinds: ["paragraph"], min_confidence: 0.5 },
    });
    expect(await codeOf(zoned.exports.download(asked))).toBe("conflict");
    await daemon.export(document.id, "# Text");
    const done = await zoned.exports.get(asked.id);
    expect(done).toMatchObject({ status: "ready", byteSize: 6 });
    expect(await (await zoned.exports.download(done)).text()).toBe("# Text");
    const answer = await fetch(await zoned.exports.downloadUrl(done, { fileName: "Report.md" }));
    expect(answer.headers.get("content-disposition")).toContain("Report.md");
    expect(await answer.text()).toBe("# Text");
    expect((await zoned.exports.list({ documentId: document.id })).items.map(({ id }) => id)).toEqual([
      asked.id,
    ]);
    await zoned.exports.delete(asked.id);
    expect(await codeOf(zoned.exports.get(asked.id))).toBe("not_found");
  });

  it("with options that no daemon takes are refused at once", async () => {
    const document = await ready(zoned, daemon);
    for (const options of [{ min_confidence: 2 }, { pages: "x" }, { max_tokens: 1 }]) {
      expect(await codeOf(zoned.exports.request(document.id, "chunks", options))).toBe("invalid");
    }
  });

  it("of a document that is not ready are a conflict that says so", async () => {
    const document = await uploaded(zoned);
    await expect(zoned.exports.request(document.id, "json")).rejects.toMatchObject({
      code: "conflict",
      message: "The document is not ready to be exported.",
    });
  });
});

describe("what a user keeps", () => {
  it("settings are merged key by key", async () => {
    const user = await newUser();
    expect(await user.settings.get()).toEqual({});
    await Promise.all([
      user.settings.update({ theme: "dark" }),
      user.settings.update({ density: { rows: 3 } }),
    ]);
    expect(await user.settings.get()).toEqual({ theme: "dark", density: { rows: 3 } });
    expect(await user.settings.update({ theme: null })).toEqual({ density: { rows: 3 } });
  });

  it("presets are replaced by name", async () => {
    const user = await newUser();
    await user.presets.save({ name: "Mine", format: "chunks", options: { max_tokens: 400 } });
    const [preset] = [await user.presets.save({ name: "Mine", format: "html", options: { images: "none" } })];
    expect(await user.presets.list()).toEqual([preset]);
    await user.presets.delete(preset?.id ?? "");
    expect(await user.presets.list()).toEqual([]);
  });

  it("view states are kept for each document", async () => {
    const document = await uploaded(zoned);
    expect(await zoned.viewStates.get(document.id)).toEqual({});
    await zoned.viewStates.save(document.id, { page: 3 });
    await zoned.viewStates.save(document.id, { page: 4, zoom: "width" });
    expect(await zoned.viewStates.get(document.id)).toEqual({ page: 4, zoom: "width" });
    expect(await codeOf(zoned.viewStates.save(nobody, {}))).toBe("not_found");
  });
});

describe("an account", () => {
  it("tells what it uses and may use", async () => {
    const user = await newUser();
    const before = await user.account.usage();
    expect(before).toMatchObject({ bytes: 0, pages: 0, activeJobs: 0 });
    await uploaded(user);
    expect(await user.account.usage()).toMatchObject({
      bytes: 2000,
      activeJobs: 1,
      maxBytes: before.maxBytes,
    });
  });

  it("is deleted with all it holds, and takes nothing any more", async () => {
    const account = await newAccount();
    const user = createZonedClient(await signedIn(account));
    await uploaded(user);
    await user.account.delete();
    expect((await user.documents.list()).items).toEqual([]);
    expect(await codeOf(user.upload(pdfFile(2000)).done)).not.toBe("no error");
  });
});

describe("another user", () => {
  it("sees and changes nothing, and is not told whether it exists", async () => {
    const document = await ready(zoned, daemon);
    const [zone] = await zoned.zones.list(document.id, 1);
    await zoned.exports.request(document.id, "markdown");
    await daemon.export(document.id, "# Text");
    const [item] = (await zoned.exports.list({ documentId: document.id })).items;
    const other = await newUser();
    const zoneId = zone?.id ?? "";
    expect((await other.documents.list()).items).toEqual([]);
    expect((await other.documents.list({ search: "file" })).items).toEqual([]);
    expect(await other.pages.list(document.id)).toEqual([]);
    expect(await other.zones.list(document.id, 1)).toEqual([]);
    expect(await other.zones.search(document.id, "One")).toEqual([]);
    const denied = {
      get: () => other.documents.get(document.id),
      rename: () => other.documents.rename(document.id, "Mine"),
      retry: () => other.documents.retry(document.id),
      cancel: () => other.documents.cancel(document.id),
      file: () => other.documents.fileUrl(document),
      zone: () => other.zones.get(zoneId),
      update: () => other.zones.update(zoneId, { content: "Mine" }),
      delete: () => other.zones.delete(zoneId),
      restore: () => other.zones.restore(zoneId, 1),
      reprocess: () => other.zones.reprocess(zoneId),
      draw: () => other.zones.draw(document.id, 1, { x: 1, y: 1, width: 5, height: 5 }),
      order: () => other.zones.order(document.id, 1, [zoneId]),
      export: () => item && other.exports.download(item),
    };
    for (const [name, call] of Object.entries(denied)) {
      expect(await codeOf(Promise.resolve(call())), name).toBe("not_found");
    }
    expect(await codeOf(other.exports.request(document.id, "json"))).toMatch(/not_found|conflict/);
    await other.documents.delete(document.id);
    expect((await zoned.documents.get(document.id)).name).toBe("file.pdf");
    await eventually(
      "the file is still there",
      async () => (await fetch(await zoned.documents.fileUrl(document))).ok,
    );
  });
});
