import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { closeBrowser, type Visitor } from "../harness/browser";
import { canHold, Daemon } from "../harness/daemon";
import { chooseFiles } from "../harness/files";
import { Owner } from "../harness/owner";
import { makePdf } from "../harness/pdf";
import { TcpProxy } from "../harness/proxy";
import { arriveSignedIn, ask, documentRow } from "../harness/steps";

const { project } = inject("system");
/** Seconds until the job of a daemon that is gone is another's: long enough for a busy machine to renew it in time. */
const LEASE = "15";
/** Of a document that is saved in several batches. */
const PAGES = 300;
/** Bytes that are sent at a time. */
const CHUNK = 6 * 1024 * 1024;

describe("what goes wrong on the way", () => {
  let directory: string;
  let daemon: Daemon;
  let visitor: Visitor;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "zoned-e2e-"));
  });
  beforeEach(async () => {
    daemon = await Daemon.start({ ZONED_WORKER_LEASE_SECONDS: LEASE });
  });
  afterEach(async (test) => {
    await visitor.leave(test);
    await daemon.stop();
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
    await closeBrowser();
  });

  async function pdf(
    name: string,
    options: Omit<Parameters<typeof makePdf>[0], "title">,
  ): Promise<{ path: string; bytes: Buffer }> {
    const bytes = makePdf({ ...options, title: name });
    const path = join(directory, name);
    await writeFile(path, bytes);
    return { path, bytes };
  }

  it("does not lose an upload that a reload interrupts: it goes on where it stopped", async () => {
    visitor = await arriveSignedIn("resume");
    const { page } = visitor;
    const { path, bytes } = await pdf("large.pdf", { pages: 3, padTo: 26_000_000 });
    const offsets: number[] = [];
    page.on("request", (request) => {
      const offset = request.headers()["upload-offset"];
      if (request.method() === "PATCH" && offset !== undefined) offsets.push(Number(offset));
    });
    const network = await visitor.context.newCDPSession(page);
    await network.send("Network.enable");
    const limit = (uploadThroughput: number) =>
      network.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    await limit(2_500_000);
    // What comes after the second chunk of six mebibytes is held: the upload cannot end before the reload.
    const held: Route[] = [];
    const isHeld = (offset: string | undefined) => Number(offset) >= 2 * CHUNK;
    await page.route("**/upload/resumable/**", async (route) => {
      if (route.request().method() === "PATCH" && isHeld(route.request().headers()["upload-offset"])) {
        held.push(route);
      } else await route.continue();
    });
    await chooseFiles(page, [path]);
    const row = documentRow(page, "large.pdf");
    await row.getByText(/MB of 26 MB · .* MB\/s/).waitFor();
    await row.getByRole("button", { name: "Pause large.pdf" }).click();
    await row.getByText(/Paused at/).waitFor();
    await row.getByRole("button", { name: "Resume large.pdf" }).click();
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await page.reload();
    await page.unroute("**/upload/resumable/**");
    await row.getByText(/Interrupted at .* of 26 MB/).waitFor();
    const before = offsets.length;
    await limit(-1);
    await chooseFiles(page, [path], "Choose file");
    await row.getByText("Ready", { exact: true }).waitFor();
    expect(offsets[before], "the first byte sent after the reload").toBeGreaterThanOrEqual(CHUNK);
    const [document] = await ask<{ object_path: string }[]>(page, "/rest/v1/documents?select=object_path");
    const stored = await ask<Buffer>(
      page,
      `/storage/v1/object/authenticated/documents/${document?.object_path}`,
    );
    expect(stored.equals(bytes), "the stored file is the one that was chosen").toBe(true);
  });

  it.skipIf(!canHold())("heals a connection that was cut, and misses nothing", async () => {
    const proxy = await TcpProxy.before(project.url);
    const arrived = await arriveSignedIn("cut", { supabaseUrl: proxy.url });
    visitor = arrived;
    const { page } = visitor;
    await page.locator('[data-connection="live"]').waitFor();
    daemon.saves.hold(20);
    const { path } = await pdf("cut.pdf", { pages: PAGES });
    await chooseFiles(page, [path]);
    const row = documentRow(page, "cut.pdf");
    await row.getByText(`of ${PAGES} pages`).waitFor();
    proxy.cut();
    await page.locator('[data-connection]:not([data-connection="live"])').waitFor();
    // All of it happens while nothing gets through.
    daemon.saves.open();
    const owner = await Owner.signIn(arrived.login);
    await expect.poll(() => owner.rows("documents?select=status")).toEqual([{ status: "ready" }]);
    proxy.heal();
    await page.locator('[data-connection="live"]').waitFor();
    await row.getByText("Ready", { exact: true }).waitFor();
    proxy.drop();
    await page.locator('[data-connection="live"]').waitFor();
    await row.getByRole("button", { name: /Actions/ }).click();
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("healed.pdf");
    await page.keyboard.press("Enter");
    await documentRow(page, "healed.pdf").waitFor();
    await visitor.context.close();
    await proxy.close();
  });

  it("says when the network is gone, and goes on when it is back", async () => {
    visitor = await arriveSignedIn("offline");
    const { page } = visitor;
    await visitor.context.setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await page.locator('[data-connection="offline"]').waitFor();
    await visitor.context.setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
    await page.locator('[data-connection="live"]').waitFor();
  });

  it.skipIf(!canHold())("goes on with a document when its daemon is killed and another comes", async () => {
    visitor = await arriveSignedIn("killed");
    daemon.saves.hold(20);
    const { page } = visitor;
    const { path } = await pdf("killed.pdf", { pages: PAGES });
    await chooseFiles(page, [path]);
    const row = documentRow(page, "killed.pdf");
    await row.getByText(`of ${PAGES} pages`).waitFor();
    const saved = () => ask<unknown[]>(page, "/rest/v1/pages?select=page_number");
    await expect.poll(async () => (await saved()).length).toBeGreaterThan(0);
    await daemon.kill();
    expect((await saved()).length).toBeLessThan(PAGES);
    daemon = await Daemon.start({ ZONED_WORKER_LEASE_SECONDS: LEASE });
    await row.getByText("Ready", { exact: true }).waitFor();
    const pages = await ask<{ page_number: number }[]>(
      page,
      "/rest/v1/pages?select=page_number&order=page_number",
    );
    expect(pages.map((each) => each.page_number)).toEqual(
      Array.from({ length: PAGES }, (_, index) => index + 1),
    );
    const jobs = await ask<{ payload: { attempts: number } }[]>(
      page,
      "/rest/v1/job_events?kind=eq.job.state&payload->>state=eq.running&select=payload",
    );
    expect(jobs.length, "two daemons had it").toBeGreaterThanOrEqual(2);
  });

  // Only where the secret is known can a token be made that has expired.
  it.skipIf(!project.jwtSecret)(
    "renews a token that expired, and asks to sign in where that is refused",
    async () => {
      visitor = await arriveSignedIn("expired");
      const { page } = visitor;
      const expired = await page.evaluate(() => {
        const session = JSON.parse(localStorage.getItem("zoned.session") ?? "{}");
        const [, payload] = session.access_token.split(".");
        return { header: session.access_token.split(".")[0] as string, payload: payload as string };
      });
      const claims = JSON.parse(Buffer.from(expired.payload, "base64url").toString()) as Record<
        string,
        unknown
      >;
      const past = Math.floor(Date.now() / 1000) - 3600;
      const body = Buffer.from(JSON.stringify({ ...claims, iat: past - 3600, exp: past })).toString(
        "base64url",
      );
      const signature = createHmac("sha256", project.jwtSecret ?? "")
        .update(`${expired.header}.${body}`)
        .digest("base64url");
      await page.evaluate(
        ({ token, expiresAt }) => {
          const session = JSON.parse(localStorage.getItem("zoned.session") ?? "{}");
          localStorage.setItem(
            "zoned.session",
            JSON.stringify({ ...session, access_token: token, expires_at: expiresAt }),
          );
        },
        { token: `${expired.header}.${body}.${signature}`, expiresAt: past },
      );
      await page.reload();
      await page.getByRole("heading", { name: "Drop your first PDF here" }).waitFor();
      await page.locator('[data-connection="live"]').waitFor();
      expect(await expiry(page)).toBeGreaterThan(Date.now() / 1000);

      await page.evaluate((expiresAt) => {
        const session = JSON.parse(localStorage.getItem("zoned.session") ?? "{}");
        localStorage.setItem(
          "zoned.session",
          JSON.stringify({ ...session, expires_at: expiresAt, refresh_token: "revoked" }),
        );
      }, past);
      await page.goto("/settings");
      await page.waitForURL("**/sign-in?from=%2Fsettings");
    },
  );
});

async function expiry(page: Page): Promise<number> {
  const stored = await page.evaluate(() => localStorage.getItem("zoned.session") ?? "{}");
  return (JSON.parse(stored) as { expires_at: number }).expires_at;
}
