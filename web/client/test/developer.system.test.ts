import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createZonedClient, type Webhook, type ZonedClient } from "../src/index";
import { anonymous, newAccount, newUser, signedIn } from "./support/account";
import { Daemon } from "./support/daemon";
import { ready } from "./support/documents";
import { receiver } from "./support/receiver";

const nobody = "00000000-0000-4000-8000-000000000000";

describe("a personal API token", () => {
  const redeem = async (token: string) => (await anonymous().rpc("redeem_api_token", { token })).error?.code;

  it("is shown when it is made and never again, tells of its use, and ends when it is revoked", async () => {
    const { apiTokens } = await newUser();
    const { token, ...made } = await apiTokens.create({ name: "Script", scope: "write", expiresInDays: 7 });
    expect(token).toMatch(/^zoned_[0-9a-f]{64}$/);
    expect(made).toMatchObject({
      name: "Script",
      scope: "write",
      prefix: token.slice(0, 12),
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(7 * 24 * 3600_000);
    expect(await apiTokens.list()).toEqual([made]);

    expect(await redeem(token)).toBeUndefined();
    const [used] = await apiTokens.list();
    expect(Date.parse(used?.lastUsedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(made.createdAt));

    const revoked = await apiTokens.revoke(made.id);
    expect(revoked.revokedAt).not.toBeNull();
    expect(await redeem(token)).toBe("PT401");
    expect(await apiTokens.list()).toEqual([revoked]);
  });

  it("reads only, and ends after 90 days, where nothing else is said", async () => {
    const { apiTokens } = await newUser();
    const { scope, createdAt, expiresAt } = await apiTokens.create({ name: "Plain" });
    expect(scope).toBe("read");
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(90 * 24 * 3600_000);
  });

  it("is not made of values that are none, and says why", async () => {
    const { apiTokens } = await newUser();
    await expect(apiTokens.create({ name: "" })).rejects.toMatchObject({
      code: "invalid",
      message: "A token's name has 1 to 100 characters.",
    });
    await expect(apiTokens.create({ name: "x", expiresInDays: 400 })).rejects.toMatchObject({
      code: "invalid",
      message: "A token lives 1 to 365 days.",
    });
    expect(await apiTokens.list()).toEqual([]);
    await expect(apiTokens.revoke(nobody)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is nobody else's to see or to end", async () => {
    const [owner, other] = [await newUser(), await newUser()];
    const { id, token } = await owner.apiTokens.create({ name: "Mine" });
    expect(await other.apiTokens.list()).toEqual([]);
    await expect(other.apiTokens.revoke(id)).rejects.toMatchObject({ code: "not_found" });
    expect(await redeem(token)).toBeUndefined();
  });
});

describe.runIf(inject("project").functions)("a webhook", () => {
  let hook: Awaited<ReturnType<typeof receiver>>;
  beforeAll(async () => {
    hook = await receiver();
  });
  afterAll(() => hook.close());

  const webhookOf = (zoned: ZonedClient, events: Webhook["events"] = ["document.ready"]) =>
    zoned.webhooks.create({ url: hook.url, events, description: "Archive" });

  it("is made, listed, switched off and on, and deleted", async () => {
    const { webhooks } = await newUser();
    expect(await webhooks.isAvailable()).toBe(true);
    const made = await webhooks.create({ url: hook.url, events: ["export.ready", "document.failed"] });
    expect(made).toMatchObject({ url: hook.url, description: "", enabled: true });
    expect([...made.events].sort()).toEqual(["document.failed", "export.ready"]);
    expect(await webhooks.list()).toEqual([made]);
    const off = await webhooks.update(made.id, { enabled: false, description: "Off" });
    expect(off).toEqual({ ...made, enabled: false, description: "Off" });
    const on = await webhooks.update(made.id, { enabled: true, events: ["document.ready"] });
    expect(on).toMatchObject({ enabled: true, events: ["document.ready"], description: "Off" });
    await webhooks.delete(made.id);
    expect(await webhooks.list()).toEqual([]);
    await expect(webhooks.update(made.id, { enabled: true })).rejects.toMatchObject({ code: "not_found" });
    await expect(webhooks.test(made.id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("gets a test delivery that its owner's secret has signed", async () => {
    const { webhooks } = await newUser();
    const { id } = await webhookOf({ webhooks } as ZonedClient);
    const secret = await webhooks.secret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{40,}$/);
    expect(await webhooks.secret()).toBe(secret);
    hook.requests.length = 0;
    const test = await webhooks.test(id);
    expect(test).toMatchObject({ state: "delivered", responseStatus: 200, error: null });
    const [request] = hook.requests;
    const {
      "webhook-id": name,
      "webhook-timestamp": at,
      "webhook-signature": signature,
    } = request?.headers ?? {};
    expect(name).toBe(test.deliveryId);
    const signed = (key: string) =>
      `v1,${createHmac("sha256", Buffer.from(key.slice(6), "base64"))
        .update(`${String(name)}.${String(at)}.${request?.body}`)
        .digest("base64")}`;
    expect(signature).toBe(signed(secret));
    const next = await webhooks.rotateSecret();
    expect(next).not.toBe(secret);
    expect(await webhooks.secret()).toBe(next);
  });

  it("tells of what was sent and how it went, slice by slice, the latest first", async () => {
    const daemon = await Daemon.start();
    const zoned = await newUser();
    const { id } = await webhookOf(zoned);
    await webhookOf(zoned, ["export.failed"]);
    await ready(zoned, daemon);
    hook.answer.status = 500;
    const failed = await zoned.webhooks.test(id);
    hook.answer.status = 200;
    expect(failed).toMatchObject({ state: "failed", responseStatus: 500 });
    expect(failed.error).toContain("500");
    const { deliveryId } = await zoned.webhooks.test(id);
    const first = await zoned.webhooks.deliveries({ webhookId: id, pageSize: 2 });
    expect(first.items).toMatchObject([
      { id: deliveryId, event: "webhook.test", state: "delivered", attempts: 1, responseStatus: 200 },
      { event: "webhook.test", state: "failed", error: failed.error },
    ]);
    const second = await zoned.webhooks.deliveries({ webhookId: id, pageSize: 2 }, first.nextCursor);
    expect(second.items).toMatchObject([{ event: "document.ready", webhookId: id, deliveredAt: null }]);
    expect(second.nextCursor).toBeNull();
    expect((await zoned.webhooks.deliveries()).items.length).toBe(3);
  });

  it("is not made of an address that may not be called, nor of nothing to tell, and says why", async () => {
    const { webhooks } = await newUser();
    const refused = webhooks.create({ url: "http://example.com/hook", events: ["document.ready"] });
    await expect(refused).rejects.toMatchObject({
      code: "invalid",
      message: "Only https addresses can be used.",
      retryable: false,
    });
    await expect(webhooks.create({ url: hook.url, events: [] })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/^events: /),
    });
    expect(await webhooks.list()).toEqual([]);
  });

  it("is nobody else's to see, test or change", async () => {
    const [owner, other] = [await newUser(), await newUser()];
    const { id } = await webhookOf(owner);
    await owner.webhooks.test(id);
    expect(await other.webhooks.list()).toEqual([]);
    expect((await other.webhooks.deliveries({ webhookId: id })).items).toEqual([]);
    await expect(other.webhooks.test(id)).rejects.toMatchObject({ code: "not_found" });
    await expect(other.webhooks.update(id, { enabled: false })).rejects.toMatchObject({ code: "not_found" });
    await other.webhooks.delete(id);
    expect(await owner.webhooks.list()).toMatchObject([{ id, enabled: true }]);
    expect(await other.webhooks.secret()).not.toBe(await owner.webhooks.secret());
  });
});

describe("a project without the Edge Function", () => {
  /** A client whose calls to functions end as `answer` says; those to the rest of the project unless `cut`. */
  async function clientOf(answer: () => Response, project: { cut: boolean } = { cut: false }) {
    const supabase = await signedIn(await newAccount(), inject("project").url, async (input, init) => {
      if (String(input).includes("/functions/v1/")) return answer();
      if (project.cut) throw new TypeError("fetch failed");
      return fetch(input, init);
    });
    return createZonedClient(supabase);
  }
  const notFound = () => Response.json({ code: "NOT_FOUND", message: "no such function" }, { status: 404 });
  const webhook = { url: "https://example.com/hook", events: ["document.ready"] } as const;

  it("says so: by the gateway's answer", async () => {
    const { webhooks } = await clientOf(notFound);
    expect(await webhooks.isAvailable()).toBe(false);
    await expect(webhooks.create(webhook)).rejects.toMatchObject({
      code: "unavailable",
      retryable: false,
      message: expect.stringContaining("not deployed"),
    });
    expect(await webhooks.list()).toEqual([]);
  });

  it("is told from a network that is down, by whether the database answers", async () => {
    const project = { cut: false };
    const { webhooks } = await clientOf(() => {
      throw new TypeError("Failed to fetch");
    }, project);
    expect(await webhooks.isAvailable()).toBe(false);
    await expect(webhooks.create(webhook)).rejects.toMatchObject({ code: "network", retryable: true });
    project.cut = true;
    await expect(webhooks.isAvailable()).rejects.toMatchObject({ code: "network" });
  });

  it("is told from a function that is there and out of order", async () => {
    const { webhooks } = await clientOf(() => Response.json({ code: "BOOT_ERROR" }, { status: 503 }));
    await expect(webhooks.isAvailable()).rejects.toMatchObject({ code: "unavailable", retryable: true });
  });

  it("is not waited for once the call was given up", async () => {
    const { webhooks } = await clientOf(() => {
      throw new DOMException("aborted", "AbortError");
    });
    await expect(webhooks.isAvailable({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "canceled",
    });
  });
});
