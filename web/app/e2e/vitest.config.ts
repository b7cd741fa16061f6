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
    // Whatever is waited for has a limit, which a busy machine with one core keeps too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ["verbose"],
  },
});
