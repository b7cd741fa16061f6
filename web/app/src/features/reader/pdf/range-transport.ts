import { PDFDataRangeTransport } from "pdfjs-dist/legacy/build/pdf.mjs";

/** Attempts at one range before the file counts as unreachable. */
const MOST_ATTEMPTS = 5;
const FIRST_PAUSE = 400;
const PATIENCE = 30_000;

/** Where the file is; `renew` asks for another address, since the one before is no longer accepted. */
export type FileAddress = (renew: boolean) => Promise<string>;

/** The file cannot be reached, after several attempts. */
export class FileUnreachable extends Error {
  override name = "FileUnreachable";
}

/**
 * Fetches the bytes from `begin` up to but without `end`. Tries again after failures, with a new address when the server refuses
 * the old one; rejects with FileUnreachable.
 */
export async function fetchRange(
  address: FileAddress,
  begin: number,
  end: number,
  signal: AbortSignal,
  pause: (milliseconds: number) => Promise<void> = (time) =>
    new Promise((resolve) => setTimeout(resolve, time)),
): Promise<Uint8Array> {
  let renew = false;
  let reason: unknown;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await pause(FIRST_PAUSE * 2 ** (attempt - 1));
    signal.throwIfAborted();
    try {
      const response: Response = await fetch(await address(renew), {
        headers: { range: `bytes=${begin}-${end - 1}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
      });
      if (response.status === 206) return new Uint8Array(await response.arrayBuffer());
      // A server without ranges would send all of it.
      await response.body?.cancel();
      renew = response.status >= 400 && response.status < 500;
      reason = new Error(`the server answered ${response.status}`);
    } catch (error) {
      signal.throwIfAborted();
      reason = error;
    }
  }
  throw new FileUnreachable("The PDF cannot be loaded at the moment.", { cause: reason });
}

/** Gives pdf.js the parts of a file it asks for, and no others: a large file is never downloaded whole. */
export class RangeTransport extends PDFDataRangeTransport {
  private readonly controller = new AbortController();
  private readonly address: FileAddress;
  private readonly onFailure: (error: Error) => void;

  constructor(length: number, address: FileAddress, onFailure: (error: Error) => void) {
    super(length, null);
    this.address = address;
    this.onFailure = onFailure;
  }

  override requestDataRange(begin: number, end: number): void {
    fetchRange(this.address, begin, end, this.controller.signal).then(
      (bytes) => this.onDataRange(begin, bytes),
      (error: unknown) => {
        if (!this.controller.signal.aborted) this.onFailure(error as Error);
      },
    );
  }

  override abort(): void {
    this.controller.abort();
  }
}
