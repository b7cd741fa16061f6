// @vitest-environment node
import { expect, it } from "vitest";
import { firstLoads } from "../scripts/first_load.mjs";

/** Scripts that a screen waits for, gzipped, kilobytes: each with a little to spare. */
const BUDGET = { signIn: 158, library: 268, reader: 300, settings: 274 } as const;

it("loads no more before a screen shows than its budget", { timeout: 120_000 }, async () => {
  const sizes = await firstLoads();
  for (const [screen, budget] of Object.entries(BUDGET)) {
    const size = sizes[screen as keyof typeof BUDGET];
    expect(size, `${screen}: ${size} bytes, budget ${budget} kB`).toBeLessThanOrEqual(budget * 1000);
    expect(size, `${screen}: a budget with too much to spare forbids nothing`).toBeGreaterThan(budget * 900);
  }
});
