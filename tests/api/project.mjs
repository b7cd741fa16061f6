// The project that the tests of the API run against: a stand-in of their own with the function's secrets set, the
// migrations applied and a daemon at work.
import { spawn } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as local from "../../local/project.mjs";

export const { root } = local;
const START_LIMIT_MS = 90_000;

/** Starts everything; `variables` is what a test needs to know, `close` ends it all. */
export async function openProject() {
  const dir = await mkdtemp(join(tmpdir(), "zoned-api-"));
  let standIn;
  let daemon;
  const close = async () => {
    if (daemon) await local.stop(daemon);
    await standIn?.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    standIn = await local.openStandIn(await settings(dir));
    daemon = await startDaemon(standIn);
    return { variables: { ...standIn.variables, DAEMON_PID: String(daemon.pid) }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As an operator sets it up: a key pair that the project trusts on standby, its private half a secret of the function. */
async function settings(dir) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256" };
  const { d: _, ...standbyKey } = key;
  const keyFile = join(dir, "standby.json");
  await writeFile(keyFile, JSON.stringify(standbyKey));
  return {
    options: ["--signing", "es256", "--standby-key", keyFile],
    secrets: {
      ZONED_TOKEN_SIGNING_KEY: JSON.stringify(key),
      ZONED_PRIVATE_HOSTS: "127.0.0.1",
      // Addresses that tests make up may be somebody's.
      ZONED_NAMED_HOSTS_ONLY: "true",
      ZONED_ALLOWED_ORIGINS: "http://app.example:5173",
      ZONED_IMPORT_MAX_BYTES: "1000000",
      ZONED_IMPORT_SECONDS: "2",
    },
  };
}

async function startDaemon(project) {
  const login = await local.makeAccount(project, "worker", { role: "worker" });
  const child = spawn(local.program("zoned"), ["work"], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SUPABASE_URL: project.url,
      SUPABASE_PUBLISHABLE_KEY: project.publishableKey,
      ZONED_WORKER_EMAIL: login.email,
      ZONED_WORKER_PASSWORD: login.password,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    await local.within(START_LIMIT_MS, "the daemon did not start", lineWith(child.stderr, "ready"));
  } catch (error) {
    await local.stop(child);
    throw error;
  }
  return child;
}

async function lineWith(stream, text) {
  let log = "";
  await new Promise((resolve, reject) => {
    stream.on("data", (chunk) => {
      if (process.env.VERBOSE) process.stderr.write(chunk);
      log = (log + chunk).slice(-10_000);
      if (log.includes(text)) resolve();
    });
    stream.once("end", () => reject(new Error(`it ended: ${log}`)));
  });
}
