import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@zoned\/client\/react$/, replacement: source("react/index.ts") },
      { find: /^@zoned\/client$/, replacement: source("index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    globalSetup: ["test/support/global_setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One stand-in for all: its answers would come late if every file asked at once.
    maxWorkers: 2,
  },
});
