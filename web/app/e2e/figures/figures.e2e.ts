import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, inject, it } from "vitest";
import { firstLoads } from "../../scripts/first_load.mjs";
import { makeAccount } from "../harness/accounts";
import { Visitor } from "../harness/browser";
import { daemonAtWork } from "../harness/daemon";
import { chooseFiles, fixture } from "../harness/files";
import { makePdf } from "../harness/pdf";
import { APP } from "../harness/process";
import { arriveSignedIn, documentRow, signIn } from "../harness/steps";

const figures: Record<string, unknown> = {};

/** What the browser says of how the page loaded: milliseconds since it was asked for; the shift has no unit. */
interface Vitals {
  firstContentfulPaint: number;
  largestContentfulPaint: number;
  cumulativeLayoutShift: number;
  /** What tasks took beyond 50 ms each. */
  totalBlockingTime: number;
}

describe("figures", () => {
  daemonAtWork();
  let visitor: Visitor;
  afterEach(async () => {
    await visitor.leave();
  });
  afterAll(() => {
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  });

  it("what each screen loads before it shows", async () => {
    const scripts = Object.entries(await firstLoads()).map(([screen, bytes]) => [
      screen,
      round(bytes / 1000),
    ]);
    visitor = await Visitor.arrive();
    const { page } = visitor;
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    const { styles, fonts } = await loaded(page);
    figures["first_load_gzipped_kilobytes"] = { scripts: Object.fromEntries(scripts), styles, fonts };
    expect(styles).toBeGreaterThan(0);
  });

  it("how library and reader load", async () => {
    visitor = await arriveSignedIn("vitals");
    const { page } = visitor;
    await chooseFiles(page, [await fixture("paper.pdf"), await fixture("long.pdf")]);
    for (const name of ["paper.pdf", "long.pdf"]) {
      await documentRow(page, name).getByText("Ready", { exact: true }).waitFor({ timeout: 80_000 });
    }
    const library = await vitals(page, () => documentRow(page, "paper.pdf").waitFor());
    await page.getByRole("link", { name: "paper.pdf" }).click();
    await page.locator("[data-zone]").first().waitFor();
    const reader = await vitals(page, () => page.locator("canvas").first().waitFor());
    figures["vitals"] = { library, reader };
    expect(library.cumulativeLayoutShift).toBeLessThan(0.1);
    expect(reader.cumulativeLayoutShift).toBeLessThan(0.1);
  });

  it("from an event at the socket to the pixels", async () => {
    visitor = await Visitor.arrive();
    const { page } = visitor;
    await page.addInitScript(() => {
      const store = window as unknown as { arrived: number; waits: number[] };
      store.arrived = 0;
      store.waits = [];
      const Original = window.WebSocket;
      window.WebSocket = class extends Original {
        constructor(...args: ConstructorParameters<typeof WebSocket>) {
          super(...args);
          this.addEventListener("message", ({ data }) => {
            // Broadcasts of the database come as bytes.
            const text = data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data);
            if (!store.arrived && text.includes('"pages_done"')) store.arrived = performance.now();
          });
        }
      };
      new MutationObserver(() => {
        const { arrived } = store;
        if (!arrived) return;
        store.arrived = 0;
        // A task after the frame's callbacks begins once the frame is handed over to be drawn.
        requestAnimationFrame(() => setTimeout(() => store.waits.push(performance.now() - arrived)));
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ["aria-valuetext"] });
    });
    await signIn(page, await makeAccount(inject("system").project, "pixels"));
    await page.locator('[data-connection="live"]').waitFor();
    await chooseFiles(page, [
      { name: "many.pdf", mimeType: "application/pdf", buffer: makePdf({ pages: 2000, title: "Many" }) },
    ]);
    await documentRow(page, "many.pdf").getByText("Ready", { exact: true }).waitFor({ timeout: 120_000 });
    const waits = (await page.evaluate(() => (window as unknown as { waits: number[] }).waits)).sort(
      (one, other) => one - other,
    );
    expect(waits.length).toBeGreaterThan(5);
    const at = (share: number) => round(waits[Math.floor(share * (waits.length - 1))] ?? 0);
    figures["socket_to_pixels_milliseconds"] = {
      events: waits.length,
      median: at(0.5),
      p95: at(0.95),
      max: at(1),
    };

    await page.getByRole("link", { name: "many.pdf" }).click();
    await page.locator("[data-zone]").first().waitFor();
    const debuggerSession = await visitor.context.newCDPSession(page);
    const heap = async () => {
      await debuggerSession.send("HeapProfiler.collectGarbage");
      return round((await debuggerSession.send("Runtime.getHeapUsage")).usedSize / 1e6);
    };
    const opened = await heap();
    for (let target = 100; target <= 2000; target += 100) {
      await page.keyboard.press("g");
      await page.keyboard.press("Control+a");
      await page.keyboard.type(String(target));
      await page.keyboard.press("Enter");
      await page.getByText(`Many, section ${target}`).first().waitFor();
    }
    figures["heap_megabytes_of_2000_pages"] = {
      opened,
      after_20_jumps: await heap(),
      canvases: await page.locator("canvas").count(),
      elements: await page.evaluate(() => document.querySelectorAll("*").length),
    };
  }, 240_000);
});

const round = (value: number) => Math.round(value * 10) / 10;

/** What the page has loaded so far beside scripts, as a host that compresses would send it, in kilobytes. */
async function loaded(page: Page): Promise<{ styles: number; fonts: number }> {
  const names = await page.evaluate(() =>
    performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname),
  );
  const sum = async (ending: RegExp) => {
    const files = [...new Set(names.filter((name) => name.startsWith("/assets/") && ending.test(name)))];
    const sizes = await Promise.all(
      files.map(async (name) => gzipSync(await readFile(join(APP, "dist", name))).length),
    );
    return round(sizes.reduce((total, size) => total + size, 0) / 1000);
  };
  return { styles: await sum(/\.css$/), fonts: await sum(/\.woff2$/) };
}

/** Loads the page anew, and asks the browser how that went once it is there and has all it asked for. */
async function vitals(page: Page, ready: () => Promise<unknown>): Promise<Vitals> {
  await page.reload();
  await ready();
  await page.waitForLoadState("networkidle");
  return page.evaluate(async () => {
    const entries = (type: string) =>
      new Promise<PerformanceEntry[]>((resolve) => {
        const found: PerformanceEntry[] = [];
        new PerformanceObserver((list) => found.push(...list.getEntries())).observe({ type, buffered: true });
        setTimeout(() => resolve(found), 100);
      });
    const rounded = (value: number) => Math.round(value * 1000) / 1000;
    const shifts = (await entries("layout-shift")) as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[];
    const tasks = await entries("longtask");
    return {
      firstContentfulPaint: rounded(
        (await entries("paint")).find(({ name }) => name === "first-contentful-paint")?.startTime ?? 0,
      ),
      largestContentfulPaint: rounded((await entries("largest-contentful-paint")).at(-1)?.startTime ?? 0),
      cumulativeLayoutShift: rounded(
        shifts.filter((each) => !each.hadRecentInput).reduce((sum, { value }) => sum + value, 0),
      ),
      totalBlockingTime: rounded(tasks.reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0)),
    };
  });
}
