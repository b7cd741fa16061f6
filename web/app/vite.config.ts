import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Connect, Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Answers /config.json from the environment, in development and in preview. A deployment puts a file of that name and shape
 * beside index.html instead, so one build serves any project.
 */
function projectConfig(): Plugin {
  const answer: Connect.NextHandleFunction = (request, response, next) => {
    if (request.url?.split("?")[0] !== "/config.json") {
      next();
      return;
    }
    const { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, SUPABASE_ANON_KEY } = process.env;
    response.setHeader("content-type", "application/json");
    response.setHeader("cache-control", "no-store");
    response.end(
      JSON.stringify({
        supabaseUrl: SUPABASE_URL ?? "",
        supabaseKey: SUPABASE_PUBLISHABLE_KEY ?? SUPABASE_ANON_KEY ?? "",
      }),
    );
  };
  return {
    name: "zoned:project-config",
    configureServer: (server) => void server.middlewares.use(answer),
    configurePreviewServer: (server) => void server.middlewares.use(answer),
  };
}

const PDFJS = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
const PDFJS_FOLDERS = ["cmaps", "iccs", "standard_fonts", "wasm"];

/** What pdf.js fetches while it draws: served and built as /pdfjs/{cmaps,iccs,standard_fonts,wasm}/. */
function pdfjsAssets(): Plugin {
  const files = PDFJS_FOLDERS.flatMap((folder) =>
    readdirSync(join(PDFJS, folder))
      .filter((name) => !name.startsWith("LICENSE"))
      .map((name) => `${folder}/${name}`),
  );
  return {
    name: "zoned:pdfjs-assets",
    configureServer: (server) =>
      void server.middlewares.use("/pdfjs", (request, response, next) => {
        const file = files.find((name) => request.url === `/${name}`);
        if (!file) {
          next();
          return;
        }
        const type = extname(file) === ".wasm" ? "application/wasm" : "application/octet-stream";
        response.setHeader("content-type", type);
        createReadStream(join(PDFJS, file)).pipe(response);
      }),
    generateBundle() {
      for (const file of files) {
        this.emitFile({ type: "asset", fileName: `pdfjs/${file}`, source: readFileSync(join(PDFJS, file)) });
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), projectConfig(), pdfjsAssets()],
  resolve: {
    alias: [
      { find: /^@zoned\/client\/react$/, replacement: here("../client/src/react/index.ts") },
      { find: /^@zoned\/client$/, replacement: here("../client/src/index.ts") },
      { find: /^@\//, replacement: `${here("./src")}/` },
    ],
    dedupe: ["react", "react-dom", "@tanstack/react-query", "zustand", "@supabase/supabase-js"],
  },
  build: {
    target: "es2022",
    sourcemap: true,
    rolldownOptions: {
      output: {
        // Some hosts do not know .mjs, and browsers take no worker of an unknown type.
        assetFileNames: ({ names }) =>
          names.some((name) => name.endsWith(".mjs"))
            ? "assets/[name]-[hash].js"
            : "assets/[name]-[hash][extname]",
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler|react-router)\//, priority: 3 },
            { name: "supabase", test: /node_modules\/@supabase\//, priority: 2 },
            { name: "pdfjs", test: /node_modules\/pdfjs-dist\//, priority: 2 },
          ],
        },
      },
    },
  },
  server: { port: 5173 },
  preview: { port: 4173 },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "jsdom",
  },
});
