// The Supabase project that scripts and tests use: the one the environment names, else a stand-in of their own with the
// migrations applied.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const START_LIMIT_MS = 180_000;

/** The variable that holds the address of a database, only asked for where one is needed. */
function fromEnvironment({ database }) {
  const {
    SUPABASE_URL,
    SUPABASE_PUBLISHABLE_KEY,
    SUPABASE_ANON_KEY,
    SUPABASE_SECRET_KEY,
    SUPABASE_SERVICE_ROLE_KEY,
    DATABASE_URL,
  } = process.env;
  if (!SUPABASE_URL) return undefined;
  const publishableKey = SUPABASE_PUBLISHABLE_KEY || SUPABASE_ANON_KEY;
  const secretKey = SUPABASE_SECRET_KEY || SUPABASE_SERVICE_ROLE_KEY;
  if (!publishableKey || !secretKey) {
    throw new Error("SUPABASE_URL is set, so set SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY too");
  }
  if (database && !DATABASE_URL) throw new Error("SUPABASE_URL is set, so set DATABASE_URL too");
  return {
    url: SUPABASE_URL,
    publishableKey,
    secretKey,
    databaseUrl: DATABASE_URL,
    jwtSecret: process.env.JWT_SECRET,
    close: async () => {},
  };
}

async function startStandIn() {
  const program = process.env.LOCAL_SUPABASE ?? `${root}target/debug/local-supabase`;
  const child = spawn(
    program,
    ["--port", "0", "--database-port", "0", "--output", "json", "--storage-preflights"],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const failed = new Promise((_, reject) => {
    child.once("error", (cause) =>
      reject(
        new Error("local-supabase does not run; 'cargo build --package local-supabase' builds it", { cause }),
      ),
    );
    child.once("exit", () => reject(new Error("local-supabase ended before it was ready")));
    setTimeout(
      () => reject(new Error("local-supabase did not start within three minutes")),
      START_LIMIT_MS,
    ).unref();
  });
  failed.catch(() => {});
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  try {
    const env = await Promise.race([firstObject(child.stdout), failed]);
    return {
      url: env.SUPABASE_URL,
      publishableKey: env.SUPABASE_PUBLISHABLE_KEY,
      secretKey: env.SUPABASE_SECRET_KEY,
      databaseUrl: env.DATABASE_URL,
      jwtSecret: env.JWT_SECRET,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
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
  throw new Error(`local-supabase did not print its address: ${text}`);
}

/** Opens the project; `close` ends what was started. */
export async function openProject(needs = { database: false }) {
  const given = fromEnvironment(needs);
  const project = given ?? (await startStandIn());
  if (project.databaseUrl) {
    try {
      await promisify(execFile)(
        `${root}node_modules/.bin/supabase`,
        ["db", "push", "--yes", `--remote=${project.databaseUrl}`],
        { cwd: root },
      );
    } catch (cause) {
      await project.close();
      throw new Error(`supabase db push failed: ${cause.stderr ?? cause}`, { cause });
    }
  }
  return project;
}
