import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { closeBrowser, type Visitor } from "../harness/browser";
import { inspectScreen } from "../harness/screens";
import { arriveSignedIn } from "../harness/steps";

interface Delivered {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server of somebody's, that webhooks lead to. */
class Receiver {
  readonly requests: Delivered[] = [];
  status = 200;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      receiver.requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(receiver.status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    const address = this.server.address();
    if (!address || typeof address === "string") throw new Error("the receiver has no port");
    return `http://127.0.0.1:${address.port}/hook`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What the function answers to a personal API token: an access token, or a refusal. */
async function exchange(token: string): Promise<{ status: number; scope?: string }> {
  const url = `${inject("system").project.url}/functions/v1/api/v1/tokens:exchange`;
  const answer = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, ...((await answer.json()) as { scope?: string }) };
}

const part = (page: Page, name: string): Locator => page.getByRole("region", { name });

/** Each looks at several screens in both themes and at two sizes, on a machine that may be busy. */
const LIMIT = 240_000;

describe.runIf(inject("system").project.functions)("settings for developers", { timeout: LIMIT }, () => {
  let visitor: Visitor;
  let page: Page;
  beforeEach(async () => {
    visitor = await arriveSignedIn("developer");
    ({ page } = visitor);
  });
  afterEach(async (test) => {
    await visitor.leave(test);
  });
  afterAll(closeBrowser);

  it("make an API token, show it once, tell of its use, and revoke it when that is confirmed", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/settings");
    const tokens = part(page, "API tokens");
    await tokens.getByText("There are none yet").waitFor();
    await tokens.getByRole("button", { name: "New token" }).click();
    const asking = page.getByRole("dialog", { name: "New API token" });
    await asking.getByLabel("Name").fill("Nightly script");
    await inspectScreen(page, "settings-new-token", () => asking.waitFor());
    await asking.getByRole("button", { name: "Make the token" }).click();

    const shown = page.getByRole("dialog", { name: "Your new token" });
    const token = await shown.getByLabel("Nightly script").inputValue();
    expect(token).toMatch(/^zoned_[0-9a-f]{64}$/);
    await shown.getByRole("button", { name: "Copy" }).click();
    await shown.getByText("Copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
    await inspectScreen(page, "settings-made-token", () => shown.waitFor());
    await shown.getByRole("button", { name: "Done" }).click();
    await shown.waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(token);

    const row = tokens.getByRole("listitem").filter({ hasText: "Nightly script" });
    await row.getByText("Read only").waitFor();
    await row.getByText("Never used").waitFor();
    expect(await exchange(token)).toMatchObject({ status: 200, scope: "read" });
    await page.reload();
    await row.getByText("Last used just now").waitFor();
    expect(await page.content()).not.toContain(token);

    await row.getByRole("button", { name: "Revoke Nightly script" }).click();
    const question = page.getByRole("dialog", { name: "Revoke “Nightly script”?" });
    await question.getByRole("button", { name: "Cancel" }).click();
    expect((await exchange(token)).status).toBe(200);
    await row.getByRole("button", { name: "Revoke Nightly script" }).click();
    await inspectScreen(page, "settings-revoke-token", () => question.waitFor());
    await question.getByRole("button", { name: "Revoke the token" }).click();
    await tokens.getByText("None of your tokens works any more").waitFor();
    expect((await exchange(token)).status).toBe(401);
    await tokens.getByText("1 ended token").click();
    await row.getByText("Revoked", { exact: true }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it("make a webhook, test it, show its deliveries, switch it off and delete it", async () => {
    const receiver = await Receiver.start();
    try {
      await page.goto("/settings");
      const webhooks = part(page, "Webhooks");
      await webhooks.getByText("There are none yet").waitFor();
      await webhooks.getByRole("button", { name: "New webhook" }).click();
      const asking = page.getByRole("dialog", { name: "New webhook" });
      await asking.getByLabel("Address").fill("http://example.com/hook");
      await asking.getByRole("button", { name: "Make the webhook" }).click();
      await asking.getByText("Only https addresses can be used.").waitFor();
      expect(await asking.getByLabel("Address").getAttribute("aria-invalid")).toBe("true");
      await inspectScreen(page, "settings-new-webhook", () => asking.waitFor());
      await asking.getByLabel("Address").fill(receiver.url);
      await asking.getByLabel("An export failed").click();
      await asking.getByLabel("Note").fill("Our archive");
      await asking.getByRole("button", { name: "Make the webhook" }).click();
      await asking.waitFor({ state: "detached" });

      const row = webhooks.getByRole("listitem").filter({ hasText: receiver.url });
      await row
        .getByText("A document is ready · A document failed · An export is ready", { exact: true })
        .waitFor();
      await row.getByText("Our archive", { exact: true }).waitFor();
      await row.getByRole("button", { name: /^Test / }).click();
      await page.getByText("The address answered 200.", { exact: true }).waitFor();
      await webhooks.getByRole("button", { name: "Show the secret" }).click();
      const secret = await webhooks.getByLabel("Secret", { exact: true }).inputValue();
      const [{ headers, body } = { headers: {}, body: "" }] = receiver.requests;
      const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      expect(headers["webhook-signature"]).toBe(
        `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
      );
      await inspectScreen(page, "settings-developer", () => row.scrollIntoViewIfNeeded());
      await webhooks.getByRole("button", { name: "Hide the secret" }).click();

      receiver.status = 500;
      await row.getByRole("button", { name: /^Test / }).click();
      await page.getByText("The test was not delivered", { exact: true }).waitFor();
      await row.getByRole("button", { name: /^Deliveries / }).click();
      const deliveries = page.getByRole("dialog", { name: "Deliveries" });
      await deliveries.getByText("Failed", { exact: true }).waitFor();
      await deliveries.getByText("Delivered", { exact: true }).waitFor();
      expect(await deliveries.getByRole("listitem").allInnerTexts()).toMatchObject([
        expect.stringContaining("500"),
        expect.stringContaining("answered 200"),
      ]);
      await inspectScreen(page, "settings-deliveries", () => deliveries.waitFor());
      await page.keyboard.press("Escape");

      await row.getByRole("switch").click();
      await row.getByText("Switched off").waitFor();
      await page.reload();
      await row.getByText("Switched off").waitFor();
      await row.getByRole("button", { name: /^Delete / }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete the webhook" }).click();
      await webhooks.getByText("There are none yet").waitFor();
      expect(visitor.complaints).toEqual([]);
    } finally {
      receiver.close();
    }
  });

  it("say so where the project has no Edge Function, and go on when it has one", async () => {
    await page.route("**/functions/v1/**", (route) =>
      route.fulfill({
        status: 404,
        json: { code: "NOT_FOUND", message: "Requested function was not found" },
      }),
    );
    await page.goto("/settings");
    const webhooks = part(page, "Webhooks");
    const note = webhooks.getByRole("alert").filter({ hasText: "This project sends no webhooks" });
    await note.waitFor();
    expect(await webhooks.getByRole("button", { name: "New webhook" }).isDisabled()).toBe(true);
    await inspectScreen(page, "settings-no-function", () => note.scrollIntoViewIfNeeded());
    await page.unroute("**/functions/v1/**");
    await note.getByRole("button", { name: "Try again" }).click();
    await note.waitFor({ state: "detached" });
    expect(await webhooks.getByRole("button", { name: "New webhook" }).isEnabled()).toBe(true);
  });
});
