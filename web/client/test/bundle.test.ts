import { expect, it } from "vitest";
import { BUDGET, bundleSizes } from "../scripts/bundle.mjs";

it("adds no more to an application's first load than its budget", async () => {
  const sizes = await bundleSizes();
  for (const [name, budget] of Object.entries(BUDGET)) {
    const size = sizes[name as keyof typeof sizes];
    expect(size, `${name}: ${size} bytes, budget ${budget} KiB`).toBeLessThanOrEqual(budget * 1024);
    expect(size, `${name}: a budget with too much to spare forbids nothing`).toBeGreaterThan(
      budget * 1024 * 0.7,
    );
  }
});
