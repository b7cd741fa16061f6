import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Process, ROOT } from "./process";

/** The Supabase project the tests run against. */
export interface Project {
  url: string;
  publishableKey: string;
  secretKey: string;
  /** Signs tokens; known of a stand-in only. */
  jwtSecret?: string;
}

/** The project the environment names, if it names one. */
export function projectFromEnvironment(): Project | undefined {
  const { env } = process;
  if (!env["SUPABASE_URL"]) return undefined;
  const publishableKey = env["SUPABASE_PUBLISHABLE_KEY"] ?? env["SUPABASE_ANON_KEY"];
  const secretKey = env["SUPABASE_SECRET_KEY"] ?? env["SUPABASE_SERVICE_ROLE_KEY"];
  if (!publishableKey || !secretKey) {
    throw new Error("SUPABASE_URL is set, so set SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY too.");
  }
  const jwtSecret = env["JWT_SECRET"];
  return { url: env["SUPABASE_URL"], publishableKey, secretKey, ...(jwtSecret ? { jwtSecret } : {}) };
}

/** A program of this repository, built. */
export function program(name: string): string {
  const path = join(ROOT, "target/debug", name);
  if (!existsSync(path)) throw new Error(`${path} is not built: run 'cargo build --workspace --bins'.`);
  return path;
}

/** A fresh stand-in with the migrations applied. */
export async function startStandIn(): Promise<{ project: Project; process: Process }> {
  const standIn = Process.start("local-supabase", program("local-supabase"), {
    arguments: ["--port", "0", "--database-port", "0", "--storage-preflights", "--output", "json"],
  });
  const [json] = await standIn.says(/^\{[\s\S]*?^\}/m);
  const told = JSON.parse(json) as Record<string, string>;
  await promisify(execFile)(
    join(ROOT, "node_modules/.bin/supabase"),
    ["db", "push", "--yes", `--remote=${told["DATABASE_URL"]}`],
    { cwd: ROOT, timeout: 60_000 },
  );
  return {
    process: standIn,
    project: {
      url: told["SUPABASE_URL"] ?? "",
      publishableKey: told["SUPABASE_PUBLISHABLE_KEY"] ?? "",
      secretKey: told["SUPABASE_SECRET_KEY"] ?? "",
      jwtSecret: told["JWT_SECRET"] ?? "",
    },
  };
}
