import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { checkFile, type KeyValueStore, sha256 } from "../src/index";
import { acceptableName } from "../src/upload/check";
import { claimUpload } from "../src/upload/claim";
import { UploadMemory } from "../src/upload/memory";
import { Speedometer } from "../src/upload/speed";
import { pdfFile } from "./support/pdf";

const named = (content: BlobPart, name = "a.pdf") => new File([content], name);

describe("a file, before a byte of it is sent", () => {
  it("is refused when it is empty, too large or no PDF", async () => {
    expect(await checkFile(named(""))).toMatchObject({ code: "invalid", message: "The file is empty." });
    expect(await checkFile(pdfFile(2000), 1024)).toMatchObject({
      code: "too_large",
      message: "The file is larger than 1 KiB.",
    });
    expect(await checkFile(named("PK\u0003\u0004 a zip archive"))).toMatchObject({ code: "not_a_pdf" });
    expect(await checkFile(named(`${"x".repeat(1020)}%PDF-1.4`))).toMatchObject({ code: "not_a_pdf" });
  });

  it("is taken when it begins as a PDF does, or soon after, whatever it is called", async () => {
    expect(await checkFile(named("%PDF-1.4", "scan"))).toBeNull();
    expect(await checkFile(named("\u0000\u0001 leading bytes %PDF-2.0"))).toBeNull();
  });

  it("that cannot be read is refused, not thrown", async () => {
    const folder = {
      size: 96,
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) }),
    };
    expect(await checkFile(folder as unknown as Blob)).toMatchObject({
      code: "invalid",
      message: "The file cannot be read.",
    });
  });

  it("gets a name that the database takes, whatever its own is", () => {
    expect(acceptableName("a\nb\u0000c.pdf")).toBe("abc.pdf");
    expect(acceptableName(" \t ")).toBe("document.pdf");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (name) => {
        const accepted = acceptableName(name);
        const length = [...accepted].length;
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(255);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
        expect(accepted).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe("the checksum of a file", () => {
  it("is its SHA-256, read in slices of at most 4 MiB", async () => {
    const slices: number[] = [];
    const file = pdfFile(9_000_000);
    const slice = file.slice.bind(file);
    file.slice = (start = 0, end = file.size, type) => {
      slices.push(end - start);
      return slice(start, end, type);
    };
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    expect(await sha256(file)).toBe(Buffer.from(digest).toString("hex"));
    expect(Math.max(...slices)).toBe(4 * 1024 * 1024);
  });

  it("is given up when asked to", async () => {
    const controller = new AbortController();
    const running = sha256(pdfFile(30_000_000), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("the speed of an upload", () => {
  it("is that of the last seconds, and tells the time left", () => {
    const speed = new Speedometer();
    speed.add(0, 0);
    expect(speed.speed()).toBeNull();
    for (let second = 1; second <= 10; second += 1) speed.add(second * 100, second * 1000);
    for (let second = 11; second <= 30; second += 1) speed.add(1000 + (second - 10) * 1000, second * 1000);
    expect(speed.speed()).toBeCloseTo(1000, 0);
    expect(speed.secondsLeft(31_000)).toBeCloseTo(10, 0);
  });

  it("begins anew after a pause, and where sending goes back", () => {
    const speed = new Speedometer();
    speed.add(5000, 0);
    speed.add(9000, 1000);
    speed.add(6000, 2000);
    expect(speed.speed()).toBeNull();
    speed.add(7000, 3000);
    expect(speed.speed()).toBe(1000);
    speed.reset();
    expect(speed.secondsLeft(8000)).toBeNull();
  });

  it("is never negative nor a number that is none", () => {
    const samples = fc.array(fc.tuple(fc.nat({ max: 1e9 }), fc.nat({ max: 5000 })), { maxLength: 50 });
    fc.assert(
      fc.property(samples, (given) => {
        const speed = new Speedometer();
        let at = 0;
        for (const [bytes, pause] of given) {
          at += pause;
          speed.add(bytes, at);
          const value = speed.speed();
          if (value !== null) expect(value).toBeGreaterThanOrEqual(0);
          const left = speed.secondsLeft(2e9);
          if (left !== null) expect(Number.isFinite(left) && left >= 0).toBe(true);
        }
      }),
    );
  });
});

describe("the claim on an upload", () => {
  it("is one page's at a time, where a browser has locks and where it has none", async () => {
    const held = new Set<string>();
    const locks = {
      async request(name: string, _options: object, use: (lock: object | null) => unknown) {
        if (held.has(name)) return use(null);
        held.add(name);
        await use({ name });
        held.delete(name);
      },
    };
    for (const navigator of [{}, { locks }]) {
      vi.stubGlobal("navigator", navigator);
      const name = "locks" in navigator ? "a" : "d";
      const end = await claimUpload(name);
      expect(end).not.toBeNull();
      expect(await claimUpload(name)).toBeNull();
      expect(await claimUpload(`${name} other`)).not.toBeNull();
      end?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(await claimUpload(name)).not.toBeNull();
      vi.unstubAllGlobals();
    }
    held.add("zoned.upload.c");
    vi.stubGlobal("navigator", { locks });
    expect(await claimUpload("c")).toBeNull();
    held.delete("zoned.upload.c");
    expect(await claimUpload("c")).not.toBeNull();
    vi.unstubAllGlobals();
  });
});

describe("the memory of unfinished uploads", () => {
  const upload = {
    documentId: "d",
    name: "a.pdf",
    size: 5,
    lastModified: 7,
    objectPath: "o/d/source.pdf",
    uploadUrl: null,
    sent: 0,
    startedAt: Date.now(),
  };

  function store(
    initial: Record<string, string> = {},
  ): KeyValueStore & { readonly data: Map<string, string> } {
    const data = new Map(Object.entries(initial));
    return {
      data,
      getItem: (key) => data.get(key) ?? null,
      setItem: (key, value) => void data.set(key, value),
      removeItem: (key) => void data.delete(key),
    };
  }

  it("finds the same file again, for the same user only", () => {
    const memory = new UploadMemory(store());
    memory.keep("me", upload);
    expect(memory.find("me", { name: "a.pdf", size: 5, lastModified: 7 })).toEqual(upload);
    expect(memory.find("me", { name: "a.pdf", size: 6, lastModified: 7 })).toBeUndefined();
    expect(memory.find("you", { name: "a.pdf", size: 5, lastModified: 7 })).toBeUndefined();
    memory.keep("me", { ...upload, sent: 3 });
    expect(memory.list("me").map(({ sent }) => sent)).toEqual([3]);
    memory.forget("me", "d");
    expect(memory.list("me")).toEqual([]);
  });

  it("forgets after a day, and anything it does not understand", () => {
    const memory = new UploadMemory(
      store({ "zoned.uploads.me": "[{]", "zoned.uploads.you": '[{"name":1}]' }),
    );
    expect(memory.list("me")).toEqual([]);
    expect(memory.list("you")).toEqual([]);
    memory.keep("me", { ...upload, startedAt: Date.now() - 25 * 3600_000 });
    expect(memory.list("me")).toEqual([]);
  });

  it("does without a store that is full or forbidden", () => {
    const full = {
      ...store(),
      setItem: () => {
        throw new DOMException("", "QuotaExceededError");
      },
    };
    const memory = new UploadMemory(full);
    memory.keep("me", upload);
    expect(memory.list("me")).toEqual([]);
  });
});
