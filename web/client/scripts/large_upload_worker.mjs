// The process that large_upload.mjs starts: uploads one file with the client, and tells how that went.

import { open } from "node:fs/promises";
import { createClient } from "@supabase/supabase-js";
import { WebSocket } from "ws";
import { createZonedClient } from "../src/index.js";

/** A part of a file on the disk, read when it is asked for, as browsers do. Blobs of Node.js 20 (openAsBlob) end at 4 GiB. */
class DiskBlob {
  #file;
  #start;

  constructor(file, start, end) {
    this.#file = file;
    this.#start = start;
    this.size = end - start;
  }

  slice(start = 0, end = this.size) {
    const to = Math.min(end, this.size);
    return new DiskBlob(this.#file, this.#start + Math.min(start, to), this.#start + to);
  }

  async arrayBuffer() {
    const bytes = new Uint8Array(this.size);
    const { bytesRead } = await this.#file.read(bytes, 0, this.size, this.#start);
    if (bytesRead !== this.size) throw new Error("the file is shorter than it was");
    return bytes.buffer;
  }
}

const [url, path] = process.argv.slice(2);
const memory = () => Math.round(process.resourceUsage().maxRSS / 1024);

const supabase = createClient(url, "sb_publishable_none", {
  auth: { persistSession: false, autoRefreshToken: false },
  realtime: { transport: WebSocket },
});
const { error } = await supabase.auth.signInWithPassword({ email: "me@example.com", password: "x" });
if (error) throw error;
const zoned = createZonedClient(supabase);
const handle = await open(path);
const { size } = await handle.stat();
const file = Object.assign(new DiskBlob(handle, 0, size), { name: "large.pdf", lastModified: 0 });
const memoryBefore = memory();

const begun = performance.now();
let sendingSince = begun;
const upload = zoned.upload(file);
upload.state.subscribe(() => {
  const { status, sent } = upload.state.get();
  if (status === "uploading" && sent === 0) sendingSince = performance.now();
});
await upload.done.catch(() => {});
const ended = performance.now();
const { status, error: failure } = upload.state.get();
const seconds = (milliseconds) => Math.round(milliseconds / 100) / 10;
process.stdout.write(
  JSON.stringify({
    status,
    error: failure?.code ?? null,
    secondsChecking: seconds(sendingSince - begun),
    secondsSending: seconds(ended - sendingSince),
    memoryBefore,
    memoryPeak: memory(),
  }),
);
process.exit(0);
