// The bytes of a PDF on their way: looked at first, counted, and never gathered.

import { Problem } from "../platform/problem.ts";

/** Where a PDF may begin: implementations accept its header within the first 1024 bytes (ISO 32000-1, annex H.3.4.1). */
const SNIFFED = 1024;
const HEADER = new TextEncoder().encode("%PDF-");

export class PdfBytes {
  /** How many bytes have passed. */
  total = 0;
  /** Why the stream broke, if it did. */
  failure: Problem | undefined;

  private constructor(readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>) {}

  /** The whole of `body`, once its beginning is known to be that of a PDF; breaks after `limit` bytes. */
  static async from(
    body: ReadableStream<Uint8Array>,
    limit: number,
    tooLarge: () => Problem,
  ): Promise<PdfBytes> {
    const reader = body.getReader();
    const beginning = await readBeginning(reader);
    if (!holdsHeader(beginning)) {
      await reader.cancel();
      throw new Problem(422, "not_a_pdf", "The address does not give a PDF.", {
        hint: "Give the address of the file itself, not of a page about it.",
      });
    }
    let pending: Uint8Array | undefined = beginning;
    const fail = (controller: ReadableStreamDefaultController, problem: Problem) => {
      bytes.failure = problem;
      controller.error(problem);
      reader.cancel().catch(() => {});
    };
    const bytes: PdfBytes = new PdfBytes(
      new ReadableStream(
        {
          async pull(controller) {
            try {
              const chunk = pending ?? (await reader.read()).value;
              pending = undefined;
              if (chunk === undefined) {
                return controller.close();
              }
              bytes.total += chunk.length;
              if (bytes.total > limit) {
                return fail(controller, tooLarge());
              }
              controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
            } catch (cause) {
              fail(
                controller,
                new Problem(422, "address_unreachable", "The file breaks off.", {
                  hint: "Try again.",
                  cause,
                }),
              );
            }
          },
          cancel: () => reader.cancel(),
        },
        { highWaterMark: 0 },
      ),
    );
    return bytes;
  }
}

async function readBeginning(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  let beginning = new Uint8Array(0);
  while (beginning.length < SNIFFED && !holdsHeader(beginning)) {
    const { value, done } = await reader.read();
    if (done) {
      break;
    }
    const joined = new Uint8Array(beginning.length + value.length);
    joined.set(beginning);
    joined.set(value, beginning.length);
    beginning = joined;
  }
  return beginning;
}

function holdsHeader(bytes: Uint8Array): boolean {
  const last = Math.min(bytes.length, SNIFFED) - HEADER.length;
  for (let start = 0; start <= last; start += 1) {
    if (HEADER.every((byte, index) => bytes[start + index] === byte)) {
      return true;
    }
  }
  return false;
}
