import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { inject, type TestContext } from "vitest";
import { ROOT } from "./process";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The installed Chromium. */
export function findChromium(): string {
  const found = process.env["CHROMIUM"] ?? PLACES.find((path) => existsSync(path));
  if (!found)
    throw new Error("Chromium is missing: run 'make setup-browser', or set CHROMIUM to where it is.");
  return found;
}

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };
export const LARGE = { width: 3840, height: 2160 };

let browser: Promise<Browser> | undefined;

/** One browser serves all tests of a run. */
export function openBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: findChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

interface VisitorOptions {
  viewport?: typeof DESKTOP;
  /** With a touch screen instead of a mouse. */
  touch?: boolean;
  /** Where the app reaches its project instead, for example through a proxy. */
  supabaseUrl?: string;
  /** What the browser has stored of an earlier visit. */
  session?: { name: string; value: string };
}

/** One person's browser: nothing shared with others. */
export class Visitor {
  /** What the page complained about. Empty unless a test provokes failures. */
  readonly complaints: string[] = [];
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
      const { url } = message.location();
      // The browser logs each refusal; those of the project are answers that the app deals with.
      const refusal =
        message.text().startsWith("Failed to load resource") && url.startsWith(inject("system").project.url);
      if (message.type() === "error" && !refusal) this.complaints.push(`${message.text()} (${url})`);
    });
  }

  static async arrive({
    viewport = DESKTOP,
    touch = false,
    supabaseUrl,
    session,
  }: VisitorOptions = {}): Promise<Visitor> {
    const { appUrl, project } = inject("system");
    const context = await (await openBrowser()).newContext({
      baseURL: appUrl,
      viewport,
      hasTouch: touch,
      colorScheme: "light",
      locale: "en-GB",
      ...(session
        ? { storageState: { cookies: [], origins: [{ origin: appUrl, localStorage: [session] }] } }
        : {}),
    });
    context.setDefaultTimeout(60_000);
    if (supabaseUrl) {
      await context.route("**/config.json", (route) =>
        route.fulfill({ json: { supabaseUrl, supabaseKey: project.publishableKey } }),
      );
    }
    return new Visitor(context, await context.newPage());
  }

  /** Leaves a picture of what the page shows if the test failed. */
  async picture(test: TestContext): Promise<void> {
    if (test.task.result?.state !== "fail" || this.page.isClosed()) return;
    const name = test.task.name.replace(/\W+/g, "-").slice(0, 80);
    await this.page.screenshot({ path: join(ROOT, "out/failures", `${name}.png`) }).catch(() => {});
  }

  /** Leaves, after a picture if the test it is given failed. */
  async leave(test?: TestContext): Promise<void> {
    if (test) await this.picture(test);
    await this.context.close();
  }
}
