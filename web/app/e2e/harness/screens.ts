import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults, NodeResult } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { LARGE, PHONE } from "./browser";
import { ROOT } from "./process";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FOLDER = join(ROOT, "out/screenshots");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What asks for parts of the page that an open list hides. */
const HIDDEN_BY_LIST = ["landmark-one-main", "page-has-heading-one"];

/**
 * What is not ours to mend: menus and tooltips are put at the end of the page, beside its landmarks, and their triggers own and
 * describe them; the levels of a document's headings are those its author chose. While a list of choices is open it is all there
 * is: the page's landmark and heading are hidden behind it.
 */
function isExcused(rule: string, { target }: NodeResult): boolean {
  const path = target.map(String).join(" ");
  if (rule === "region") return /data-radix-(popper-content-wrapper|select-viewport)/.test(path);
  return rule === "heading-order" && path.includes(".zone-block");
}

/** What axe finds on the page as it is, one line each; empty when it finds nothing. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's own content security policy does not concern.
  await page.evaluate(AXE);
  const results = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"] })`,
  )) as AxeResults;
  const isListOpen = (await page.getByRole("listbox").count()) > 0;
  const found = results.violations.filter(({ id }) => !(isListOpen && HIDDEN_BY_LIST.includes(id)));
  return found.flatMap(({ id, help, nodes }) =>
    nodes
      .filter((node) => !isExcused(id, node))
      .map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.any[0]?.message ?? ""}`),
  );
}

/** Whether something makes the page wider than the window. */
export async function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    // Transitions that the change before set off are there after a frame.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const running = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().iterations === 1);
    await Promise.race([
      Promise.allSettled(running.map((animation) => animation.finished)),
      new Promise((resolve) => setTimeout(resolve, 1000)),
    ]);
  });
}

/**
 * Looks at a screen as people do: light, dark, and at 360 px; at 4K too where its parts are laid out anew. Leaves a picture of each and expects that axe finds nothing and that
 * nothing is wider than the phone. `ready` waits for the screen after the window has changed.
 */
export async function inspectScreen(
  page: Page,
  name: string,
  ready: () => Promise<unknown> = async () => {},
  { large = false }: { large?: boolean } = {},
): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const desktop = page.viewportSize();
  const look = async (variant: string) => {
    await ready();
    await settle(page);
    await page.screenshot({ path: join(FOLDER, `${name}-${variant}.png`) });
    expect(await violations(page), `axe on ${name}, ${variant}`).toEqual([]);
  };
  try {
    await page.emulateMedia({ colorScheme: "light" });
    await look("light");
    await page.emulateMedia({ colorScheme: "dark" });
    await look("dark");
    if (large) {
      await page.setViewportSize(LARGE);
      await look("4k-dark");
    }
    await page.setViewportSize(PHONE);
    await look("phone-dark");
    await page.emulateMedia({ colorScheme: "light" });
    await look("phone");
    expect(await overflows(page), `${name} is wider than 360 px`).toBe(false);
  } finally {
    await page.emulateMedia({ colorScheme: "light" });
    if (desktop) await page.setViewportSize(desktop);
  }
}
