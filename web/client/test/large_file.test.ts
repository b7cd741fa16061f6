import { describe, expect, it } from "vitest";
import { uploadLargeFile } from "../scripts/large_upload.mjs";
import { MAX_FILE_SIZE } from "../src/index";

const MIB = 1024 * 1024;
/** With FIGURES=1 the largest that the bucket takes; otherwise one that would be seen in the memory just as well. */
const SIZE = process.env["FIGURES"] ? MAX_FILE_SIZE : 256 * MIB;
const LIMIT = 30 * 60_000;

describe("a file larger than the memory it may take", () => {
  it("is looked for and sent piece by piece, and arrives whole", { timeout: LIMIT }, async () => {
    const { upload, server } = await uploadLargeFile({ size: SIZE });
    expect(upload).toMatchObject({ status: "done", error: null });
    expect(server.received).toBe(SIZE);
    expect(server.largestRequest).toBe(6 * MIB);
    // What was read for the search of duplicates is what arrived.
    expect(server.announced).toMatch(/^[0-9a-f]{64}$/);
    expect(server.sha256).toBe(server.announced);
    // Some pieces wait for the garbage collector: far less than the file.
    const grown = upload.memoryPeak - upload.memoryBefore;
    expect(grown, `the memory grew by ${grown} MiB`).toBeLessThan(128);
  });

  it("is refused before a request is made, when the bucket would refuse it", { timeout: LIMIT }, async () => {
    const tooLarge = await uploadLargeFile({ size: MAX_FILE_SIZE + 1 });
    expect(tooLarge.upload).toMatchObject({ status: "failed", error: "too_large" });
    expect(tooLarge.server).toMatchObject({ requests: 0, received: 0 });
    const noPdf = await uploadLargeFile({ size: MAX_FILE_SIZE, head: "PK\u0003\u0004" });
    expect(noPdf.upload).toMatchObject({ status: "failed", error: "not_a_pdf" });
    expect(noPdf.server).toMatchObject({ requests: 0, received: 0 });
  });
});
