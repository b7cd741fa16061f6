// Writes src/database.types.ts from a database with the migrations applied, with the generator that
// `supabase gen types` runs in its container. With --check it writes nothing and fails when the file has drifted.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { openProject } from "../../../local/project.mjs";

const target = new URL("../src/database.types.ts", import.meta.url);
const server = createRequire(import.meta.url)
  .resolve("@supabase/postgres-meta")
  .replace(/lib\/index\.js$/, "server/server.js");

async function generated(databaseUrl) {
  const env = {
    ...process.env,
    PG_META_DB_URL: databaseUrl,
    PG_META_GENERATE_TYPES: "typescript",
    PG_META_GENERATE_TYPES_INCLUDED_SCHEMAS: "public",
    PG_META_GENERATE_TYPES_DETECT_ONE_TO_ONE_RELATIONSHIPS: "true",
    NODE_NO_WARNINGS: "1",
  };
  const { stdout } = await promisify(execFile)(process.execPath, [server], { env, maxBuffer: 16 << 20 });
  return `${stdout.trimEnd()}\n`;
}

const project = await openProject({ database: true });
try {
  const types = await generated(project.databaseUrl);
  if (!process.argv.includes("--check")) {
    await writeFile(target, types);
  } else if ((await readFile(target, "utf8")) !== types) {
    process.stderr.write(
      "web/client/src/database.types.ts does not match the migrations: run 'make types' and commit it.\n",
    );
    process.exitCode = 1;
  }
} finally {
  await project.close();
}
