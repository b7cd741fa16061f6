// The project that the tests of the API run against: a stand-in of their own with the function's secrets set, the
// migrations applied and a daemon at work.
import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const START_LIMIT_MS = 90_000;

/** Starts everything; `variables` is what a test needs to know, `close` ends it all. */
export async function openProject() {
  const dir = await mkdtemp(join(tmpdir(), "zoned-api-"));
  const children = [];
  const close = async () => {
    for (const child of children.reverse()) await stop(child);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const settings = await startStandIn(dir, children);
    await run(`${root}node_modules/.bin/supabase`, [
      "db",
      "push",
      "--yes",
      `--remote=${settings.DATABASE_URL}`,
    ]);
    const daemon = await startDaemon(settings, children);
    return { variables: { ...settings, DAEMON_PID: String(daemon.pid) }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startStandIn(dir, children) {
  // As an operator sets it up: a key pair that the project trusts on standby, its private half a secret of the function.
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256" };
  const { d: _, ...standbyKey } = key;
  const [envFile, keyFile] = [join(dir, "functions.env"), join(dir, "standby.json")];
  await writeFile(keyFile, JSON.stringify(standbyKey));
  await writeFile(
    envFile,
    [
      `ZONED_TOKEN_SIGNING_KEY=${JSON.stringify(key)}`,
      "ZONED_PRIVATE_HOSTS=127.0.0.1",
      // Addresses that tests make up may be somebody's.
      "ZONED_NAMED_HOSTS_ONLY=true",
      "ZONED_ALLOWED_ORIGINS=http://app.example:5173",
      "ZONED_IMPORT_MAX_BYTES=1000000",
      "ZONED_IMPORT_SECONDS=2",
    ].join("\n"),
  );
  const args = ["--port", "0", "--database-port", "0", "--output", "json", "--signing", "es256"];
  const files = ["--functions-env-file", envFile, "--standby-key", keyFile];
  const child = spawn(`${root}target/debug/local-supabase`, [...args, ...files], {
    cwd: root,
    stdio: ["ignore", "pipe", process.env.VERBOSE ? "inherit" : "ignore"],
  });
  children.push(child);
  return await within(firstObject(child.stdout), "local-supabase did not start");
}

async function startDaemon(settings, children) {
  const login = { email: `worker-${randomUUID()}@example.com`, password: randomUUID() };
  const made = await fetch(`${settings.SUPABASE_URL}/auth/v1/admin/users`, {
    method: "POST",
    headers: {
      apikey: settings.SUPABASE_SECRET_KEY,
      authorization: `Bearer ${settings.SUPABASE_SERVICE_ROLE_KEY}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ ...login, email_confirm: true, app_metadata: { role: "worker" } }),
  });
  if (!made.ok) throw new Error(`no worker account: ${await made.text()}`);
  const child = spawn(`${root}target/debug/zoned`, ["work"], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SUPABASE_URL: settings.SUPABASE_URL,
      SUPABASE_PUBLISHABLE_KEY: settings.SUPABASE_PUBLISHABLE_KEY,
      ZONED_WORKER_EMAIL: login.email,
      ZONED_WORKER_PASSWORD: login.password,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  await within(lineWith(child.stderr, "ready"), "the daemon did not start");
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

async function firstObject(stream) {
  let text = "";
  for await (const chunk of stream) {
    text += chunk;
    try {
      return JSON.parse(text);
    } catch {
      // Not whole yet.
    }
  }
  throw new Error("local-supabase ended before it was ready; VERBOSE=1 shows why");
}

async function within(promise, message) {
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error(message)), START_LIMIT_MS).unref(),
  );
  return await Promise.race([promise, late]);
}

async function run(program, args) {
  try {
    return await promisify(execFile)(program, args, { cwd: root });
  } catch (cause) {
    throw new Error(`${program} failed: ${cause.stderr ?? cause}`, { cause });
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGCONT");
  child.kill("SIGTERM");
  const ended = once(child, "exit");
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(late);
}
