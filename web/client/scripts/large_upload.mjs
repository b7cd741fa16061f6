// Uploads a file as large as one likes to a server that counts what comes and throws it away, from a process of its own, so
// that the client's memory can be told. Prints as JSON, for the largest file that the bucket takes or SIZE bytes: seconds to
// read and to send it, and the most memory that the process had, before it and at its peak (MiB).

import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const MIB = 1024 * 1024;
const LARGEST = 5 * 1024 * MIB;
const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/", import.meta.url));
const WORKER = fileURLToPath(new URL("large_upload_worker.mjs", import.meta.url));

/** Uploads a file of `size` bytes; gives what the uploading process tells (`upload`) and what the server saw (`server`). */
export async function uploadLargeFile({ size, head = "%PDF-1.7\n" }) {
  await mkdir(CACHE, { recursive: true });
  // Beside the packages, for those that are not bundled; the file where there is room.
  const [program, directory] = await Promise.all([
    mkdtemp(join(CACHE, "zoned-upload-")),
    mkdtemp(join(tmpdir(), "zoned-upload-")),
  ]);
  const server = await countingServer();
  try {
    const path = join(directory, "large.pdf");
    await writeSparse(path, size, head);
    await build({
      entryPoints: [WORKER],
      bundle: true,
      splitting: true,
      format: "esm",
      outExtension: { ".js": ".mjs" },
      platform: "node",
      target: "node20",
      packages: "external",
      outdir: program,
    });
    const worker = [join(program, "large_upload_worker.mjs"), server.url, path];
    const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", ...worker]);
    return { upload: JSON.parse(stdout), server: server.seen() };
  } finally {
    await server.close();
    await rm(program, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  }
}

/** A file that takes no room on the disk; every 64 MiB it tells where one is, so that no two parts of it are the same. */
async function writeSparse(path, size, head) {
  const file = await open(path, "w");
  try {
    await file.truncate(size);
    await file.write(head, 0);
    for (let at = 1001; at + 20 < size; at += 64 * MIB) await file.write(String(at), at);
  } finally {
    await file.close();
  }
}

/** What of a project an upload needs, as far as it needs it: it keeps nothing, and remembers how much came. */
async function countingServer() {
  const hash = createHash("sha256");
  const row = {
    id: randomUUID(),
    name: "large.pdf",
    object_path: "me/document/source.pdf",
    status: "awaiting_upload",
    byte_size: null,
    sha256: null,
    page_count: null,
    metadata: {},
    error: null,
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
    jobs: [],
  };
  let length = 0;
  let received = 0;
  let largestRequest = 0;
  let requests = 0;

  async function takeChunk(request) {
    let size = 0;
    for await (const bytes of request) {
      hash.update(bytes);
      size += bytes.length;
    }
    received += size;
    largestRequest = Math.max(largestRequest, size);
    if (received === length) row.status = "queued";
  }

  const routes = {
    "POST /auth/v1/token": async (_request, answer) =>
      answer(200, {
        access_token: `e30.${Buffer.from(JSON.stringify({ exp: 4e9 })).toString("base64url")}.x`,
        token_type: "bearer",
        expires_in: 1e6,
        expires_at: Math.floor(Date.now() / 1000) + 1e6,
        refresh_token: "x",
        user: { id: randomUUID(), aud: "authenticated", app_metadata: {}, user_metadata: {}, created_at: "" },
      }),
    "GET /rest/v1/documents": async (request, answer, url) => {
      requests += 1;
      // Of this content there is none yet.
      const rows = url.searchParams.has("sha256") ? [] : [row];
      answer(200, request.headers.accept?.includes("pgrst.object") ? rows[0] : rows);
    },
    "POST /rest/v1/rpc/create_document": async (request, answer) => {
      requests += 1;
      const given = JSON.parse(await textOf(request));
      Object.assign(row, { name: given.name, byte_size: given.byte_size, sha256: given.sha256 ?? null });
      answer(200, row);
    },
    "POST /storage/v1/upload/resumable": async (request, answer, url) => {
      requests += 1;
      length = Number(request.headers["upload-length"]);
      await takeChunk(request);
      answer(201, undefined, { location: `${url.origin}${url.pathname}/one`, "upload-offset": received });
    },
    "PATCH /storage/v1/upload/resumable/one": async (request, answer) => {
      requests += 1;
      if (Number(request.headers["upload-offset"]) !== received) return answer(409);
      await takeChunk(request);
      answer(204, undefined, { "upload-offset": received });
    },
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const route = routes[`${request.method} ${url.pathname}`];
    const answer = (status, body, headers = {}) => {
      response.writeHead(status, {
        "content-type": "application/json",
        "tus-resumable": "1.0.0",
        ...headers,
      });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (!route) return answer(404, { message: `${request.method} ${url.pathname}` });
    route(request, answer, url).catch((error) => answer(500, { message: String(error) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Requests but for signing in, bytes in all and in one request at most, their SHA-256, and the one announced. */
    seen: () => ({
      requests,
      received,
      largestRequest,
      sha256: hash.copy().digest("hex"),
      announced: row.sha256,
    }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function textOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const size = Number(process.env.SIZE ?? LARGEST);
  const { upload, server } = await uploadLargeFile({ size });
  const figures = {
    size,
    ...upload,
    complete: server.received === size && server.sha256 === server.announced,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
