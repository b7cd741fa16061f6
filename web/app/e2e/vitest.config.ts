import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: [process.env["FIGURES"] ? "figures/**/*.e2e.ts" : "tests/**/*.e2e.ts"],
    globalSetup: ["harness/setup.ts"],
    // The tests share one project and one daemon, and measure nothing that others may disturb.
    fileParallelism: false,
    pool: "threads",
    isolate: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    reporters: ["verbose"],
  },
});
