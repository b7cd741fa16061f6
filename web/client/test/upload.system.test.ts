import { afterEach, describe, expect, inject, it } from "vitest";
import { createZonedClient, type KeyValueStore, type UploadHandle, type ZonedClient } from "../src/index";
import { UploadMemory } from "../src/upload/memory";
import { FileUpload } from "../src/upload/upload";
import { type Account, eventually, newAccount, newUser, signedIn } from "./support/account";
import { FlakyNetwork } from "./support/flaky_network";
import { pdfFile } from "./support/pdf";

const MIB = 1024 * 1024;

function memoryStore(): KeyValueStore {
  const data = new Map<string, string>();
  return {
    getItem: (key) => data.get(key) ?? null,
    setItem: (key, value) => void data.set(key, value),
    removeItem: (key) => void data.delete(key),
  };
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A page of a user's, behind a network that can be cut. */
async function pageOf(account: Account, uploadStore: KeyValueStore) {
  const network = await FlakyNetwork.start(inject("project").url);
  const zoned = createZonedClient(await signedIn(account, network.url), { uploadStore });
  closing.push(
    () => zoned.close(),
    () => network.end(),
  );
  return { network, zoned };
}

async function fileOf(zoned: ZonedClient, objectPath: string): Promise<Buffer> {
  const { data, error } = await zoned.supabase.storage.from("documents").download(objectPath);
  if (error) throw error;
  return Buffer.from(await data.arrayBuffer());
}

function statusIs(upload: UploadHandle, status: string) {
  return eventually(`the upload is ${status}`, () => upload.state.get().status === status);
}

const bytesOf = async (file: File) => Buffer.from(await file.arrayBuffer());

describe("an upload", () => {
  it("sends a file in chunks of 6 MiB, without ever reading more of it at once", async () => {
    const zoned = await newUser();
    const file = pdfFile(14 * MIB);
    const slices: number[] = [];
    const slice = file.slice.bind(file);
    file.slice = (start = 0, end = file.size, type) => {
      slices.push(Math.min(end, file.size) - start);
      return slice(start, end, type);
    };
    const whole = await bytesOf(file);
    const upload = zoned.upload(file);
    const progress: number[] = [];
    upload.state.subscribe(() => {
      if (upload.state.get().status === "uploading") progress.push(upload.state.get().sent);
    });
    const document = await upload.done;
    expect(document).toMatchObject({ name: "file.pdf", byteSize: 14 * MIB, status: "queued" });
    expect((await fileOf(zoned, document.objectPath)).equals(whole)).toBe(true);
    expect(Math.max(...slices)).toBe(6 * MIB);
    expect(progress).toEqual([...progress].sort((one, other) => one - other));
    expect(upload.state.get()).toMatchObject({ status: "done", sent: 14 * MIB, documentId: document.id });
  });

  it("of what the bucket would refuse is refused, and leaves no document", async () => {
    const zoned = await newUser({ maxFileSize: 5000 });
    const uploads = zoned.uploads.add([
      new File(["hello"], "a.txt"),
      pdfFile(6000),
      new File([], "empty.pdf"),
    ]);
    const codes = await Promise.all(
      uploads.map((upload) => upload.done.catch((error: { code: string }) => error.code)),
    );
    expect(codes).toEqual(["not_a_pdf", "too_large", "invalid"]);
    expect((await zoned.documents.list()).items).toEqual([]);
    expect(zoned.uploads.state.get().map(({ status, sent }) => [status, sent])).toEqual(
      Array(3).fill(["failed", 0]),
    );
    zoned.uploads.clear();
    expect(zoned.uploads.state.get()).toEqual([]);
  });

  it("of a file that is there already stops before a byte is sent, and goes on when it is resumed", async () => {
    const zoned = await newUser();
    const file = pdfFile(3000);
    const first = await zoned.upload(file).done;
    const again = zoned.upload(file, { name: "Copy.pdf" });
    await statusIs(again, "duplicate");
    expect(again.state.get()).toMatchObject({ sent: 0, documentId: null, duplicateOf: { id: first.id } });
    again.resume();
    const copy = await again.done;
    expect(copy.name).toBe("Copy.pdf");
    expect(copy.id).not.toBe(first.id);
  });

  it("goes on where it stopped after a pause", async () => {
    const account = await newAccount();
    const { zoned } = await pageOf(account, memoryStore());
    const file = pdfFile(20 * MIB);
    const upload = zoned.upload(file, { checkDuplicates: false });
    await eventually("a chunk has arrived", () => upload.state.get().sent >= 6 * MIB, 30_000);
    upload.pause();
    const paused = upload.state.get();
    expect(paused.status).toBe("paused");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(upload.state.get()).toEqual(paused);
    const sent: number[] = [];
    upload.state.subscribe(() => sent.push(upload.state.get().sent));
    upload.resume();
    const document = await upload.done;
    expect(document.id).toBe(paused.documentId);
    expect((await fileOf(zoned, document.objectPath)).equals(await bytesOf(file))).toBe(true);
  });

  it("outlives connections that are cut in the middle of a chunk", async () => {
    const { network, zoned } = await pageOf(await newAccount(), memoryStore());
    const file = pdfFile(20 * MIB);
    network.cutUploadAfter = 9 * MIB;
    const upload = zoned.upload(file, { checkDuplicates: false });
    await eventually("the connection was cut", () => network.cutUploadAfter === null);
    network.cut();
    const document = await upload.done;
    expect((await fileOf(zoned, document.objectPath)).equals(await bytesOf(file))).toBe(true);
  });

  it("is resumed by another page with the same file, into the same document, from where it was", async () => {
    const account = await newAccount();
    const store = memoryStore();
    const before = await pageOf(account, store);
    const file = pdfFile(20 * MIB, "long.pdf", 1);
    const upload = before.zoned.upload(file, { checkDuplicates: false });
    await eventually("a chunk has arrived", () => upload.state.get().sent >= 7 * MIB, 30_000);
    // The page goes: nothing is said to the server any more, and its locks end.
    before.network.close();
    upload.pause();

    const after = await pageOf(account, store);
    const [interrupted] = await after.zoned.uploads.interrupted();
    expect(interrupted).toMatchObject({
      name: "long.pdf",
      size: 20 * MIB,
      documentId: upload.state.get().documentId,
    });
    const read: number[] = [];
    const same = pdfFile(20 * MIB, "long.pdf", 1);
    const slice = same.slice.bind(same);
    same.slice = (start = 0, end, type) => {
      read.push(start);
      return slice(start, end, type);
    };
    const again = after.zoned.upload(same);
    const document = await again.done;
    expect(document.id).toBe(interrupted?.documentId);
    expect(again.state.get().resumed).toBe(true);
    expect(read.filter((start) => start > 0 && start < 6 * MIB)).toEqual([]);
    expect(read).not.toContain(4 * MIB);
    expect((await fileOf(after.zoned, document.objectPath)).equals(await bytesOf(same))).toBe(true);
    expect(await after.zoned.uploads.interrupted()).toEqual([]);
  });

  it("that is canceled leaves neither document nor bytes", async () => {
    const { zoned } = await pageOf(await newAccount(), memoryStore());
    const upload = zoned.upload(pdfFile(20 * MIB), { checkDuplicates: false });
    await eventually("a chunk has arrived", () => upload.state.get().sent >= 6 * MIB, 30_000);
    await upload.cancel();
    await expect(upload.done).rejects.toMatchObject({ code: "canceled" });
    expect(upload.state.get().status).toBe("canceled");
    await eventually("the document is gone", async () => (await zoned.documents.list()).items.length === 0);
    expect(await zoned.uploads.interrupted()).toEqual([]);
  });

  it("that is canceled while it is paused leaves nothing in Storage either", async () => {
    const { zoned } = await pageOf(await newAccount(), memoryStore());
    const upload = zoned.upload(pdfFile(20 * MIB), { checkDuplicates: false });
    await eventually("a chunk has arrived", () => upload.state.get().sent >= 6 * MIB, 30_000);
    upload.pause();
    const requests: string[] = [];
    const getSession = zoned.supabase.auth.getSession.bind(zoned.supabase.auth);
    zoned.supabase.auth.getSession = () => {
      requests.push("asked for a token");
      return getSession();
    };
    await upload.cancel();
    expect(requests.length).toBeGreaterThan(0);
    expect((await zoned.documents.list()).items).toEqual([]);
  });

  it("of the same file, begun while the first is on its way, is an upload of its own", async () => {
    const { zoned } = await pageOf(await newAccount(), memoryStore());
    const file = pdfFile(14 * MIB);
    const first = zoned.upload(file, { checkDuplicates: false });
    await eventually("it is on its way", () => first.state.get().documentId);
    const second = zoned.upload(file, { checkDuplicates: false });
    const documents = await Promise.all([first.done, second.done]);
    expect(documents[0].id).not.toBe(documents[1].id);
    expect(second.state.get().resumed).toBe(false);
  });

  it("that another page finished or deleted is not offered to be resumed", async () => {
    const account = await newAccount();
    const store = memoryStore();
    const before = await pageOf(account, store);
    const upload = before.zoned.upload(pdfFile(20 * MIB, "gone.pdf"), { checkDuplicates: false });
    await eventually("a chunk has arrived", () => upload.state.get().sent >= 6 * MIB, 30_000);
    before.network.close();
    const after = await pageOf(account, store);
    expect((await after.zoned.uploads.interrupted()).length).toBe(1);
    await after.zoned.documents.delete(upload.state.get().documentId ?? "");
    expect(await after.zoned.uploads.interrupted()).toEqual([]);
  });

  it("fails as something to resume when the network stays away, and is resumed", async () => {
    const { network, zoned } = await pageOf(await newAccount(), memoryStore());
    const upload = zoned.upload(pdfFile(3000), { checkDuplicates: false });
    network.close();
    await statusIs(upload, "failed");
    expect(upload.state.get().error).toMatchObject({ code: "network", retryable: true });
    network.open();
    zoned.uploads.resumeAll();
    expect((await upload.done).status).toBe("queued");
  });

  it("asks for a session when it is over, and goes on when there is one again", async () => {
    const account = await newAccount();
    const { zoned } = await pageOf(account, memoryStore());
    await zoned.supabase.auth.signOut({ scope: "local" });
    const upload = zoned.upload(pdfFile(3000));
    await statusIs(upload, "failed");
    expect(upload.state.get().error).toMatchObject({ code: "unauthenticated" });
    await zoned.supabase.auth.signInWithPassword(account);
    upload.resume();
    expect((await upload.done).status).toBe("queued");
  });

  it("has, in each request, the project's key and the token of that moment", async () => {
    const { network, zoned } = await pageOf(await newAccount(), memoryStore());
    const tokenOf = async () => (await zoned.supabase.auth.getSession()).data.session?.access_token ?? "";
    const first = await tokenOf();
    const upload = zoned.upload(pdfFile(20 * MIB), { checkDuplicates: false });
    // The next chunk asks for its token once the session was refreshed.
    let second = "";
    const getSession = zoned.supabase.auth.getSession.bind(zoned.supabase.auth);
    zoned.supabase.auth.getSession = async () => {
      if (second === "" && upload.state.get().sent >= 6 * MIB) {
        // Tokens of the same second are the same.
        await new Promise((resolve) => setTimeout(resolve, 1100));
        second = (await zoned.supabase.auth.refreshSession()).data.session?.access_token ?? "";
      }
      return getSession();
    };
    await upload.done;
    expect(second).not.toBe(first);
    expect([...network.uploadTokens]).toEqual([first, second]);
    expect([...network.uploadKeys]).toEqual([inject("project").publishableKey]);
  });

  it("begun by one user is not sent for another", async () => {
    const { zoned } = await pageOf(await newAccount(), memoryStore());
    const upload = zoned.upload(pdfFile(20 * MIB), { checkDuplicates: false });
    await eventually("a chunk has arrived", () => upload.state.get().sent >= 6 * MIB, 30_000);
    upload.pause();
    await zoned.supabase.auth.signInWithPassword(await newAccount());
    upload.resume();
    await statusIs(upload, "failed");
    expect(upload.state.get().error).toMatchObject({ code: "forbidden" });
    expect((await zoned.documents.list()).items).toEqual([]);
  });

  it("whose bytes arrived without its document learning of it is sent once more", async () => {
    const { zoned } = await pageOf(await newAccount(), memoryStore());
    const sent: Blob[] = [];
    const file = pdfFile(3000);
    const slice = file.slice.bind(file);
    file.slice = (start, end, type) => {
      const part = slice(start, end, type);
      if (end !== 1024) sent.push(part);
      return part;
    };
    // The first answers tell what a server tells that lost track of the upload at its very end.
    const get = zoned.documents.get;
    const documents = {
      ...zoned.documents,
      get: async (id: string) => {
        const document = await get(id);
        return sent.length < 2 ? { ...document, status: "awaiting_upload" as const } : document;
      },
    };
    const upload = new FileUpload(
      {
        supabase: zoned.supabase,
        documents,
        memory: new UploadMemory(memoryStore()),
        endpoint: `${inject("project").url}/storage/v1/upload/resumable`,
        apiKey: inject("project").publishableKey,
        maxSize: 5000,
        patience: 100,
        schedule: () => {},
      },
      file,
      { checkDuplicates: false },
    );
    await upload.run();
    // The file is there since the first time, so Storage refuses the second: what matters is that it was tried.
    expect(sent.length).toBe(2);
    expect(upload.state.get()).toMatchObject({ status: "failed", error: { code: "forbidden" } });
  });
});

describe("the queue", () => {
  it("sends some files at a time, in the order they were added", async () => {
    const zoned = await newUser({ parallelUploads: 2 });
    const files = Array.from({ length: 6 }, (_, index) => pdfFile(50_000, `${index}.pdf`));
    let most = 0;
    const started: string[] = [];
    zoned.uploads.state.subscribe(() => {
      const busy = zoned.uploads.state
        .get()
        .filter(({ status }) => status === "uploading" || status === "checking");
      most = Math.max(most, busy.length);
      for (const { name } of busy) if (!started.includes(name)) started.push(name);
    });
    const uploads = zoned.uploads.add(files);
    await Promise.all(uploads.map(({ done }) => done));
    expect(most).toBe(2);
    expect(started).toEqual(files.map(({ name }) => name));
  });

  it("leaves paused files alone until they are resumed", async () => {
    const zoned = await newUser({ parallelUploads: 1 });
    const uploads = zoned.uploads.add([pdfFile(3000, "a.pdf"), pdfFile(3000, "b.pdf")]);
    zoned.uploads.pauseAll();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(zoned.uploads.state.get().map(({ status }) => status)).toEqual(["paused", "paused"]);
    zoned.uploads.resumeAll();
    await Promise.all(uploads.map(({ done }) => done));
  });
});
