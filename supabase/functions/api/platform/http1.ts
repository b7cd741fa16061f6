// One request and its answer over a connection (RFC 9112). Everything the other side says is bounded and suspected.

/** What `Deno.connect` and `Deno.startTls` give. */
export type Connection = {
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
};

export type Incoming = { status: number; headers: Headers; body: ReadableStream<Uint8Array> };

type Outgoing = { method: string; headers: Record<string, string>; body?: Uint8Array; signal: AbortSignal };

const HEAD_LIMIT = 32 * 1024;
const READ_SIZE = 64 * 1024;
const CHUNK_LINE_LIMIT = 256;
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/;

/** The answer; its body ends the connection, however it ends. */
export async function exchangeOver(connection: Connection, url: URL, request: Outgoing): Promise<Incoming> {
  const reader = new Reader(connection, request.signal);
  try {
    await writeRequest(connection, url, request);
    const { status, headers } = await readFinalHead(reader);
    if (!["", "identity"].includes(headers.get("content-encoding") ?? "")) {
      throw new Error("the answer is compressed though it must not be");
    }
    return { status, headers, body: toStream(bodyOf(reader, status, headers), reader) };
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function writeRequest(connection: Connection, url: URL, request: Outgoing): Promise<void> {
  const headers: Record<string, string> = {
    host: url.host,
    "user-agent": "zoned",
    "accept-encoding": "identity",
    connection: "close",
    ...request.headers,
  };
  if (request.body !== undefined) {
    headers["content-length"] = String(request.body.length);
  }
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value.replace(/[\r\n\0]/g, " ")}\r\n`,
  );
  const head = `${request.method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`;
  await writeAll(connection, new TextEncoder().encode(head));
  if (request.body !== undefined) {
    await writeAll(connection, request.body);
  }
}

async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length; ) {
    sent += await connection.write(bytes.subarray(sent));
  }
}

/** Bytes as they come; closes the connection when the signal says so, which ends any read. */
class Reader {
  private buffer: Uint8Array = new Uint8Array(0);
  private closed = false;
  private readonly stop = () => this.close();

  constructor(
    private readonly connection: Connection,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", this.stop, { once: true });
    if (signal.aborted) {
      this.close();
    }
  }

  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.signal.removeEventListener("abort", this.stop);
      try {
        this.connection.close();
      } catch {
        // Closed by the other side.
      }
    }
  }

  /** Some bytes, at most `limit`; nothing at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    if (this.buffer.length === 0 && !(await this.more())) {
      return undefined;
    }
    return this.take(Math.min(limit, this.buffer.length));
  }

  /** A line without its end. */
  async line(limit: number): Promise<string> {
    for (;;) {
      const end = this.buffer.indexOf(10);
      if (end > limit || (end < 0 && this.buffer.length > limit)) {
        throw new Error("a line of the answer is too long");
      }
      if (end >= 0) {
        return new TextDecoder("latin1").decode(this.take(end + 1)).replace(/\r?\n$/, "");
      }
      if (!(await this.more())) {
        throw new Error("the answer ends within its head");
      }
    }
  }

  private take(length: number): Uint8Array {
    const taken = this.buffer.subarray(0, length);
    this.buffer = this.buffer.subarray(length);
    return taken;
  }

  private async more(): Promise<boolean> {
    const chunk = new Uint8Array(READ_SIZE);
    const read = await this.connection.read(chunk);
    this.signal.throwIfAborted();
    if (read === null) {
      return false;
    }
    const joined = new Uint8Array(this.buffer.length + read);
    joined.set(this.buffer);
    joined.set(chunk.subarray(0, read), this.buffer.length);
    this.buffer = joined;
    return true;
  }
}

/** The head of the answer itself; interim ones (1xx) come before it. */
async function readFinalHead(reader: Reader): Promise<{ status: number; headers: Headers }> {
  let left = HEAD_LIMIT;
  for (;;) {
    const line = await reader.line(left);
    left -= line.length;
    const [, code] = STATUS_LINE.exec(line) ?? [];
    if (code === undefined) {
      throw new Error("the answer is no HTTP/1.1");
    }
    const headers = new Headers();
    for (let field = await reader.line(left); field !== ""; field = await reader.line(left)) {
      left -= field.length + 2;
      const [, name, value] = HEADER_LINE.exec(field) ?? [];
      if (name === undefined || value === undefined || left <= 0) {
        throw new Error("the answer's head is malformed or too long");
      }
      headers.append(name, value);
    }
    if (Number(code) >= 200) {
      return { status: Number(code), headers };
    }
  }
}

async function* bodyOf(reader: Reader, status: number, headers: Headers): AsyncGenerator<Uint8Array> {
  if (status === 204 || status === 304) {
    return;
  }
  const coding = headers.get("transfer-encoding")?.toLowerCase();
  const length = headers.get("content-length");
  if (coding !== undefined) {
    if (coding !== "chunked") {
      throw new Error("the answer has an unknown transfer coding");
    }
    yield* chunks(reader);
  } else if (length !== null) {
    if (!/^\d{1,15}$/.test(length)) {
      throw new Error("the answer's length is no number");
    }
    yield* exactly(reader, Number(length));
  } else {
    for (
      let bytes = await reader.some(READ_SIZE);
      bytes !== undefined;
      bytes = await reader.some(READ_SIZE)
    ) {
      yield bytes;
    }
  }
}

async function* chunks(reader: Reader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const [size] = (await reader.line(CHUNK_LINE_LIMIT)).split(";");
    if (size === undefined || !/^[0-9a-fA-F]{1,12}$/.test(size.trim())) {
      throw new Error("a chunk of the answer is malformed");
    }
    const length = parseInt(size, 16);
    if (length === 0) {
      return;
    }
    yield* exactly(reader, length);
    if ((await reader.line(2)) !== "") {
      throw new Error("a chunk of the answer is longer than it says");
    }
  }
}

async function* exactly(reader: Reader, length: number): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; ) {
    const bytes = await reader.some(Math.min(left, READ_SIZE));
    if (bytes === undefined) {
      throw new Error("the answer breaks off");
    }
    left -= bytes.length;
    yield bytes;
  }
}

function toStream(source: AsyncGenerator<Uint8Array>, reader: Reader): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = await source.next();
          if (done) {
            reader.close();
            controller.close();
          } else {
            controller.enqueue(value);
          }
        } catch (error) {
          reader.close();
          controller.error(error);
        }
      },
      cancel: () => reader.close(),
    },
    { highWaterMark: 0 },
  );
}
