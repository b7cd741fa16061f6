// What each screen has to load before it shows: the scripts that it imports statically, gzipped. What comes later,
// when it is used or when the page has nothing better to do, does not count. Prints them as JSON, in bytes.

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SHELL = "src/shell/app-shell.tsx";

/** The modules of each screen, beside the entry. */
const SCREENS = {
  signIn: ["src/features/auth/sign-in.tsx"],
  library: [SHELL, "src/features/library/route.tsx"],
  reader: [SHELL, "src/features/reader/route.tsx"],
  settings: [SHELL, "src/features/settings/route.tsx"],
};

/** The app as it is built for production, whatever the process itself is for. */
async function built() {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production";
  try {
    const { output } = await build({
      root: ROOT,
      logLevel: "error",
      build: { write: false, sourcemap: false },
    });
    return output;
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

/** Bytes of each screen's first load. */
export async function firstLoads() {
  const output = await built();
  const chunks = new Map(
    output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]),
  );
  const sizes = new Map([...chunks].map(([name, { code }]) => [name, gzipSync(code, { level: 9 }).length]));
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry);
  const chunkOf = (path) => {
    const found = [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId === ROOT + path);
    if (!found) throw new Error(`${path} is not loaded as a chunk of its own`);
    return found;
  };
  return Object.fromEntries(
    Object.entries(SCREENS).map(([screen, paths]) => {
      const needed = importedBy([entry, ...paths.map(chunkOf)], chunks);
      return [screen, [...needed].reduce((sum, { fileName }) => sum + sizes.get(fileName), 0)];
    }),
  );
}

/** The chunks, and all that they import statically. */
function importedBy(from, chunks) {
  const seen = new Set();
  const visit = (chunk) => {
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    for (const name of chunk.imports) visit(chunks.get(name));
  };
  from.forEach(visit);
  return seen;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await firstLoads())}\n`);
}
