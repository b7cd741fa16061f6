// The Supabase project that tests and scripts in JavaScript run against: the one that the environment names, else a
// stand-in of their own; with the migrations applied.
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The repository. */
export const root = fileURLToPath(new URL("../", import.meta.url));
const START_LIMIT_MS = 360_000;
const STOP_LIMIT_MS = 15_000;

/** A program of this repository; LOCAL_SUPABASE names another stand-in. */
export function program(name) {
  const path = (name === "local-supabase" && process.env.LOCAL_SUPABASE) || join(root, "target/debug", name);
  if (!existsSync(path)) throw new Error(`${path} is not built: run 'cargo build --workspace --bins'`);
  return path;
}

/** The project that the environment names, if it names one; `database` says that its address is needed too. */
function projectFromEnvironment({ database = false } = {}) {
  const { env } = process;
  if (!env.SUPABASE_URL) return undefined;
  const publishableKey = env.SUPABASE_PUBLISHABLE_KEY || env.SUPABASE_ANON_KEY;
  const secretKey = env.SUPABASE_SECRET_KEY || env.SUPABASE_SERVICE_ROLE_KEY;
  if (!publishableKey || !secretKey) {
    throw new Error("SUPABASE_URL is set, so set SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY too");
  }
  if (database && !env.DATABASE_URL) throw new Error("SUPABASE_URL is set, so set DATABASE_URL too");
  return {
    url: env.SUPABASE_URL,
    publishableKey,
    secretKey,
    databaseUrl: env.DATABASE_URL,
    jwtSecret: env.JWT_SECRET,
    variables: {},
    setSecrets: undefined,
    close: async () => {},
  };
}

/**
 * Starts a stand-in. `options` are more of its command line, `secrets` those of the Edge Functions; by `setSecrets` they
 * are others from the next request on.
 */
async function startStandIn({ options = [], secrets = {} } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "zoned-project-"));
  const envFile = join(directory, "functions.env");
  const setSecrets = (values) =>
    writeFile(
      envFile,
      Object.entries(values)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
  await setSecrets(secrets);
  const fixed = ["--port", "0", "--database-port", "0", "--output", "json", "--storage-preflights"];
  const child = spawn(program("local-supabase"), [...fixed, "--functions-env-file", envFile, ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.on("error", () => {});
  const log = lastWords(child.stderr);
  const close = async () => {
    await stop(child);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const variables = await within(START_LIMIT_MS, "local-supabase did not start", firstObject(child, log));
    return {
      url: variables.SUPABASE_URL,
      publishableKey: variables.SUPABASE_PUBLISHABLE_KEY,
      secretKey: variables.SUPABASE_SECRET_KEY,
      databaseUrl: variables.DATABASE_URL,
      jwtSecret: variables.JWT_SECRET,
      variables,
      setSecrets,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A stand-in with the migrations applied. */
export async function openStandIn(given) {
  const standIn = await startStandIn(given);
  try {
    await pushMigrations(standIn.databaseUrl);
    await allowPrivateHosts(standIn, given?.secrets);
    const setSecrets = async (values) => {
      await standIn.setSecrets(values);
      await allowPrivateHosts(standIn, values);
    };
    return { ...standIn, setSecrets };
  } catch (error) {
    await standIn.close();
    throw error;
  }
}

/** The project of the environment, where it names one, else a stand-in as `standIn` says; with the migrations applied. */
export async function openProject({ database = false, standIn } = {}) {
  const given = projectFromEnvironment({ database });
  if (!given) return await openStandIn(standIn);
  if (given.databaseUrl) await pushMigrations(given.databaseUrl);
  return given;
}

async function pushMigrations(databaseUrl) {
  const supabase = join(root, "node_modules/.bin/supabase");
  try {
    await promisify(execFile)(supabase, ["db", "push", "--yes", `--remote=${databaseUrl}`], {
      cwd: root,
      timeout: START_LIMIT_MS,
    });
  } catch (cause) {
    throw new Error(`supabase db push failed: ${cause.stderr || cause}`, { cause });
  }
}

/** The hosts that the Edge Function may call though they are private, for the database, which judges webhooks too. */
async function allowPrivateHosts(project, { ZONED_PRIVATE_HOSTS: hosts = "" } = {}) {
  const listed = hosts.split(",").filter((host) => host !== "");
  const answer = await asOperator(project, "/rest/v1/rpc/set_private_hosts", { hosts: listed });
  if (!answer.ok) throw new Error(`private hosts are not set: ${answer.status} ${await answer.text()}`);
}

/** Makes an account as the operator does; gives e-mail and password. */
export async function makeAccount(project, name, appMetadata = {}) {
  const login = { email: `${name}-${randomUUID().slice(0, 13)}@example.com`, password: randomUUID() };
  const account = { ...login, email_confirm: true, app_metadata: appMetadata };
  const answer = await asOperator(project, "/auth/v1/admin/users", account);
  if (!answer.ok) throw new Error(`no account could be made: ${answer.status} ${await answer.text()}`);
  return login;
}

/** A POST request with the secret key. */
function asOperator({ url, secretKey }, path, body) {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      apikey: secretKey,
      "content-type": "application/json",
      // Keys of the new style are no tokens.
      ...(secretKey.startsWith("sb_") ? {} : { authorization: `Bearer ${secretKey}` }),
    },
    body: JSON.stringify(body),
  });
}

/** Asks a process to end and waits; one that stands still goes on first, one that does not end is killed. */
export async function stop(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGCONT");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await ended;
  clearTimeout(late);
}

/** A promise's value, or a failure with the message when it comes too late. */
export async function within(milliseconds, message, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${message} within ${milliseconds / 1000} seconds`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps the end of what a stream says; VERBOSE=1 shows all of it. */
function lastWords(stream) {
  let words = "";
  stream.on("data", (chunk) => {
    if (process.env.VERBOSE) process.stderr.write(chunk);
    words = (words + chunk).slice(-10_000);
  });
  return () => words;
}

async function firstObject(child, log) {
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    try {
      return JSON.parse(text);
    } catch {
      // Not whole yet.
    }
  }
  throw new Error(`local-supabase ended before it was ready. It said: ${log() || text || "nothing"}`);
}
