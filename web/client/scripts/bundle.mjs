// Bundle sizes: what an application adds to its first load by importing each entry whole, minified and gzipped, without
// the peers and without what is loaded only when it is used. Prints them as JSON.

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const PEERS = ["@supabase/supabase-js", "@tanstack/react-query", "react", "react-dom", "zustand"];

/** KiB, each with about a tenth to spare. */
export const BUDGET = { client: 33, react: 11, lazy: 26 };

/** Sizes in bytes: the entries' own, and that of the chunks loaded on demand. */
export async function bundleSizes() {
  const entryPoints = {
    client: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
    react: fileURLToPath(new URL("../src/react/index.ts", import.meta.url)),
  };
  const sizes = { client: 0, react: 0, lazy: 0 };
  for (const [name, entryPoint] of Object.entries(entryPoints)) {
    const result = await build({
      entryPoints: { [name]: entryPoint },
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      external: PEERS,
      outdir: "out",
      write: false,
      metafile: true,
    });
    const staticFiles = loadedAtOnce(result.metafile, `out/${name}.js`);
    let lazy = 0;
    for (const file of result.outputFiles) {
      const path = Object.keys(result.metafile.outputs).find((output) => file.path.endsWith(output));
      const size = gzipSync(file.contents, { level: 9 }).length;
      if (staticFiles.has(path)) sizes[name] += size;
      else lazy += size;
    }
    sizes.lazy = Math.max(sizes.lazy, lazy);
  }
  return sizes;
}

/** The entry and every chunk that it imports statically. */
function loadedAtOnce(metafile, entry) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && metafile.outputs[next]) visit(next);
    }
  };
  visit(entry);
  return seen;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await bundleSizes())}\n`);
}
