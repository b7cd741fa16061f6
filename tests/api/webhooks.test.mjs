import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { eventually, newCaller, serve, sql } from "./caller.mjs";

const EVENTS = ["document.ready", "document.failed", "export.ready", "export.failed"];
let user;
let server;
let status = 200;
before(async () => {
  user = await newCaller();
  server = await serve(({ path }, response) => {
    if (path === "/redirect") response.writeHead(302, { location: "/elsewhere" }).end();
    else response.writeHead(status).end("thanks");
  });
});
after(() => server.close());

async function hook(path, events = EVENTS) {
  const made = await user.call("POST", "/webhooks", { url: `${server.url}${path}`, events });
  assert.equal(made.status, 201, made.text);
  return made.json;
}

/** As https://www.standardwebhooks.com has receivers do it. */
function isGenuine({ headers, body }, secret) {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  const age = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]));
  return headers["webhook-signature"] === expected && age < 60;
}

describe("a webhook", () => {
  it("is told, signed, of a document that is ready and of its export", async () => {
    const { id } = await hook("/told");
    const secret = (await user.call("GET", "/webhooks:secret")).json.secret;
    const document = await user.ready("told.pdf");
    const made = await user.rest("POST", "rpc/request_export", { document_id: document.id, format: "text" });
    assert.equal(made.status, 200, made.text);
    const told = await eventually("both are told", () => {
      const told = server.requests.filter(({ path }) => path === "/told");
      return told.length >= 2 ? told : undefined;
    });
    const bodies = told.map(({ body }) => JSON.parse(body));
    assert.deepEqual(bodies.map(({ type }) => type).sort(), ["document.ready", "export.ready"]);
    for (const body of bodies) assert.equal(body.document_id, document.id);
    for (const request of told) assert.ok(isGenuine(request, secret));
    assert.ok(!isGenuine({ ...told[0], body: "{}" }, secret));
    await eventually("both count as delivered", async () => {
      const { json } = await user.rest("GET", `webhook_deliveries?webhook_id=eq.${id}&state=eq.delivered`);
      return json.length === 2 || undefined;
    });
    await user.call("DELETE", `/webhooks/${id}`);
  });

  it("is tried at once by its owner, who hears how it went", async () => {
    const good = await hook("/try");
    assert.deepEqual((await user.call("POST", `/webhooks/${good.id}/test`)).json.state, "delivered");
    const request = server.requests.find(({ path }) => path === "/try");
    assert.equal(JSON.parse(request.body).type, "webhook.test");
    const bad = await hook("/redirect");
    const outcome = (await user.call("POST", `/webhooks/${bad.id}/test`)).json;
    assert.deepEqual([outcome.state, outcome.response_status], ["failed", 302], "redirects are not followed");
    assert.equal(server.requests.filter(({ path }) => path === "/elsewhere").length, 0);
    const other = await newCaller();
    assert.equal((await other.call("POST", `/webhooks/${good.id}/test`)).status, 404);
    assert.equal((await other.call("DELETE", `/webhooks/${good.id}`)).status, 404);
    for (const { id } of [good, bad])
      assert.equal((await user.call("DELETE", `/webhooks/${id}`)).status, 204);
    assert.deepEqual((await user.call("GET", "/webhooks")).json, []);
  });

  it("is tried again later when it fails, with more and more time between, and given up after eight times", async () => {
    const { id } = await hook("/failing", ["document.failed"]);
    status = 500;
    const [delivery] = await sql(
      `insert into public.webhook_deliveries (webhook_id, owner, event, payload)
       values ($1, $2, 'document.failed', '{"type": "document.failed"}') returning id`,
      [id, user.id],
    );
    const row = async () =>
      (
        await sql(
          "select *, extract(epoch from next_attempt_at - now())::float as pause from public.webhook_deliveries where id = $1",
          [delivery.id],
        )
      )[0];
    const attempted = (attempt) =>
      eventually(`attempt ${attempt}`, async () => {
        const now = await row();
        return now.attempts === attempt &&
          now.response_status === 500 &&
          (now.pause < 100 || attempt > 1 || now.state !== "pending")
          ? now
          : undefined;
      });
    const first = await attempted(1);
    assert.equal(first.state, "pending");
    assert.ok(first.pause > 0 && first.pause <= 15, `10 s, give or take a half: ${first.pause}`);
    await sql(
      "update public.webhook_deliveries set attempts = 7, response_status = null, next_attempt_at = now() where id = $1",
      [delivery.id],
    );
    const last = await eventually("it is given up", async () => {
      const now = await row();
      return now.state === "failed" ? now : undefined;
    });
    assert.equal(last.attempts, 8);
    status = 200;
    await user.call("DELETE", `/webhooks/${id}`);
  });

  it("that answers 410 is switched off", async () => {
    const { id } = await hook("/gone", ["document.ready"]);
    status = 410;
    await user.ready("gone.pdf");
    await eventually("it is off", async () => {
      const [row] = (await user.rest("GET", `webhooks?id=eq.${id}`)).json;
      return row.enabled ? undefined : row;
    });
    status = 200;
    await user.call("DELETE", `/webhooks/${id}`);
  });

  it("never is an address of our own network", async () => {
    for (const url of [
      "https://localhost/",
      "https://10.0.0.1/",
      "http://example.com/",
      "https://[::1]/",
      "https://169.254.169.254/",
    ]) {
      const answer = await user.call("POST", "/webhooks", { url, events: EVENTS });
      assert.equal(answer.json.code, "address_not_allowed", url);
    }
  });

  it("never is one written past the function either", async () => {
    const events = EVENTS;
    for (const url of [
      "https://localhost/",
      "https://127.0.0.2/",
      "https://8.8.8.8/",
      "https://2130706433/",
      "https://0x7f.1/",
      "https://a.0x7f/",
      "https://[::1]/",
      "https://[2606:4700::1111]/",
      "https://printer/",
      "https://db.internal./",
      "https://user@example.com/",
      "https://127.0.0.1@10.0.0.1/",
      "https://example.com:8443/",
      "https://example.com\\@10.0.0.1/",
      "https://ｅxample.com/",
      "https://%31%32%37.0.0.1/",
      "https:///10.0.0.1/",
      "http://example.com/",
      "ftp://example.com/",
      "nothing",
    ]) {
      const answer = await user.rest("POST", "webhooks", { url, events });
      assert.deepEqual([answer.status, answer.json.code], [400, "PT400"], `${url}: ${answer.text}`);
      assert.ok(answer.json.message && answer.json.hint, answer.text);
    }
    for (const url of [
      "https://example.com",
      "https://Hooks.Example.com.:443/in?x=1",
      "https://xn--bcher-kva.example/",
    ]) {
      const made = await user.rest("POST", "webhooks", { url, events });
      assert.equal(made.status, 201, `${url}: ${made.text}`);
      const [{ id }] = made.json;
      const moved = await user.rest("PATCH", `webhooks?id=eq.${id}`, { url: "https://10.0.0.1/" });
      assert.deepEqual([moved.status, moved.json.code], [400, "PT400"], moved.text);
      assert.equal((await user.rest("PATCH", `webhooks?id=eq.${id}`, { enabled: false })).status, 200);
      await user.call("DELETE", `/webhooks/${id}`);
    }
  });

  it("is judged again whenever something is sent", async () => {
    const hosts = (hosts) => sql("select public.set_private_hosts($1)", [hosts]);
    // As if the name had been public when it was written down.
    await hosts(["127.0.0.1", "127.0.0.2"]);
    const made = await user.rest("POST", "webhooks", { url: "https://127.0.0.2/", events: EVENTS });
    await hosts(["127.0.0.1"]);
    assert.equal(made.status, 201, made.text);
    const outcome = (await user.call("POST", `/webhooks/${made.json[0].id}/test`)).json;
    assert.deepEqual(
      [outcome.state, outcome.error],
      ["failed", "The address is not on the public internet."],
    );
    await user.call("DELETE", `/webhooks/${made.json[0].id}`);
  });

  it("may be private where an operator says so, who alone can", async () => {
    const call = (caller) => caller.rest("POST", "rpc/set_private_hosts", { hosts: ["10.0.0.1"] });
    assert.equal((await call(user)).status, 403);
    assert.equal((await call(await newCaller({ role: "worker" }))).status, 403);
  });

  it("keeps its name as it will be called", async () => {
    const made = await user.call("POST", "/webhooks", { url: "https://Bücher.example/in", events: EVENTS });
    assert.deepEqual([made.status, made.json.url], [201, "https://xn--bcher-kva.example/in"], made.text);
    await user.call("DELETE", `/webhooks/${made.json.id}`);
  });

  it("is delivered for workers alone, who alone learn other people's addresses", async () => {
    assert.equal((await user.call("POST", "/webhooks:deliver")).status, 403);
    const answer = await user.rest(
      "POST",
      "rpc/claim_webhook_deliveries",
      { max_deliveries: 9 },
      { "content-profile": "worker" },
    );
    assert.equal(answer.status, 403);
    const worker = await newCaller({ role: "worker" });
    assert.equal((await worker.call("POST", "/webhooks:deliver")).status, 200);
  });

  it("is signed with a new secret after its rotation", async () => {
    const before = (await user.call("GET", "/webhooks:secret")).json.secret;
    const { json } = await user.rest("POST", "rpc/rotate_webhook_secret", {});
    assert.notEqual(json, before);
    assert.equal((await user.call("GET", "/webhooks:secret")).json.secret, json);
    assert.notEqual((await (await newCaller()).call("GET", "/webhooks:secret")).json.secret, json);
  });
});
