// @vitest-environment node
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** Scripts that a screen waits for, gzipped, kilobytes: each with a little to spare. */
const BUDGET = { signIn: 158, library: 268, reader: 300, settings: 274 };

it("loads no more before a screen shows than its budget", { timeout: 120_000 }, async () => {
  // A process of its own builds it as for production; in this one everything is built for tests.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL("../scripts/first_load.mjs", import.meta.url))],
    { env: { ...process.env, NODE_ENV: "production" } },
  );
  const sizes = JSON.parse(stdout) as Record<string, number>;
  for (const [screen, budget] of Object.entries(BUDGET)) {
    const size = sizes[screen] ?? 0;
    expect(size, `${screen}: ${size} bytes, budget ${budget} kB`).toBeLessThanOrEqual(budget * 1000);
    expect(size, `${screen}: a budget with too much to spare forbids nothing`).toBeGreaterThan(budget * 900);
  }
});
