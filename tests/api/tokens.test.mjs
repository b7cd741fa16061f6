import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { before, describe, it } from "node:test";
import { promisify } from "node:util";
import { Caller, functionUrl, newCaller, sql } from "./caller.mjs";

let user;
before(async () => {
  user = await newCaller();
});

async function newToken(scope) {
  const made = await user.rest("POST", "rpc/create_api_token", { name: "A script", scope });
  assert.equal(made.status, 200, made.text);
  return made.json;
}

const exchange = (token) => new Caller(token, user.id).call("POST", "/tokens:exchange");

describe("a personal API token", () => {
  it("is shown once and stored as a hash alone", async () => {
    const { id, token } = await newToken("read");
    assert.match(token, /^zoned_[0-9a-f]{64}$/);
    const { json } = await user.rest("GET", `api_tokens?id=eq.${id}`);
    assert.equal(json[0].prefix, token.slice(0, 12));
    assert.ok(!JSON.stringify(json).includes(token));
    const rows = await sql(
      "select encode(hash, 'hex') as hash from private.api_token_hashes where token_id = $1",
      [id],
    );
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
    assert.equal(rows[0].hash, Buffer.from(digest).toString("hex"));
    assert.equal((await (await newCaller()).rest("GET", `api_tokens?id=eq.${id}`)).json.length, 0);
  });

  it("works with plain curl: exchanged, it reads what its owner may", async () => {
    const { token } = await newToken("read");
    const { json } = await user.call("POST", "/documents", { name: "seen.pdf" });
    const script = `
      access=$(curl -s -X POST "$API/tokens:exchange" -H "Authorization: Bearer $TOKEN" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
      curl -s "$SUPABASE_URL/rest/v1/documents?select=id,name" -H "apikey: $SUPABASE_PUBLISHABLE_KEY" -H "Authorization: Bearer $access"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script], {
      env: { ...process.env, API: functionUrl, TOKEN: token },
    });
    assert.deepEqual(JSON.parse(stdout), [{ id: json.document.id, name: "seen.pdf" }]);
  });

  it("is taken by the function's own routes as it is", async () => {
    const { token } = await newToken("write");
    const answer = await new Caller(token, user.id).call("POST", "/documents", { name: "direct.pdf" });
    assert.equal(answer.status, 201, answer.text);
    assert.ok(answer.json.document.object_path.startsWith(user.id));
  });

  it("of scope read writes nothing, by any service or function", async () => {
    const { token } = await newToken("read");
    const { json } = await exchange(token);
    assert.equal(json.expires_in, 300);
    const reader = new Caller(json.access_token, user.id);
    const ticket = (await user.call("POST", "/documents", { name: "target.pdf" })).json;
    const { id, object_path } = ticket.document;
    assert.equal((await reader.rest("GET", `documents?id=eq.${id}`)).json.length, 1);
    for (const [method, path, body] of [
      ["PATCH", `documents?id=eq.${id}`, { name: "x" }],
      ["DELETE", `documents?id=eq.${id}`, undefined],
      ["POST", "documents", { name: "x" }],
      ["POST", "user_settings", { settings: {} }],
      ["PATCH", "zones?page_number=eq.1", { content: "x" }],
      ["POST", "rpc/create_document", { name: "x" }],
      ["POST", "webhooks", { url: "https://example.com", events: ["document.ready"] }],
    ]) {
      const answer = await reader.rest(method, path, body);
      assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
      assert.equal(answer.json.message, "This API token may only read.");
    }
    const upload = await fetch(`${process.env.SUPABASE_URL}/storage/v1/object/documents/${object_path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${json.access_token}`, "content-type": "application/pdf" },
      body: "%PDF-1.7",
    });
    assert.match(await upload.text(), /row-level security/);
    assert.equal((await reader.call("POST", "/documents", { name: "x" })).status, 403);
  });

  it("of scope read steers no job, though the functions for that write with their owner's rights", async () => {
    const { token } = await newToken("read");
    const reader = new Caller((await exchange(token)).json.access_token, user.id);
    await user.upload("steered.pdf");
    const [job] = (await user.rest("GET", "jobs?order=created_at.desc&limit=1")).json;
    for (const name of ["cancel_job", "retry_job"]) {
      const answer = await reader.rest("POST", `rpc/${name}`, { job_id: job.id });
      assert.ok([403, 409].includes(answer.status), answer.text);
    }
    const [now] = (await user.rest("GET", `jobs?id=eq.${job.id}`)).json;
    assert.notEqual(now.state, "canceled");
  });

  it("cannot make or revoke tokens, nor change or delete the account", async () => {
    const { id, token } = await newToken("write");
    const bearer = new Caller((await exchange(token)).json.access_token, user.id);
    assert.equal((await bearer.rest("POST", "rpc/create_api_token", { name: "x" })).status, 403);
    assert.equal((await bearer.rest("POST", "rpc/revoke_api_token", { token_id: id })).status, 403);
    assert.equal((await bearer.rest("POST", "rpc/delete_account")).status, 403);
    const account = await fetch(`${process.env.SUPABASE_URL}/auth/v1/user`, {
      method: "PUT",
      headers: {
        apikey: process.env.SUPABASE_PUBLISHABLE_KEY,
        authorization: `Bearer ${bearer.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ password: "another password" }),
    });
    assert.equal(account.status, 403, await account.text());
  });

  it("tells its last use, and is of no more use once revoked or expired", async () => {
    const { id, token } = await newToken("read");
    assert.equal((await user.rest("GET", `api_tokens?id=eq.${id}`)).json[0].last_used_at, null);
    assert.equal((await exchange(token)).status, 200);
    assert.notEqual((await user.rest("GET", `api_tokens?id=eq.${id}`)).json[0].last_used_at, null);
    assert.equal((await user.rest("POST", "rpc/revoke_api_token", { token_id: id })).status, 200);
    assert.equal((await exchange(token)).status, 401);
    const late = await newToken("read");
    await sql(
      "update public.api_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where id = $1",
      [late.id],
    );
    assert.equal((await exchange(late.token)).status, 401);
    assert.equal((await exchange("zoned_0")).status, 401);
  });

  it("of a revoked token no access token outlives five minutes", async () => {
    const { token } = await newToken("read");
    const { json } = await exchange(token);
    const claims = JSON.parse(Buffer.from(json.access_token.split(".")[1], "base64url"));
    assert.ok(claims.exp - Date.now() / 1000 <= 300);
    assert.equal(claims.exp, json.expires_at);
  });

  it("is limited in life and number", async () => {
    const other = await newCaller();
    const create = (days) => other.rest("POST", "rpc/create_api_token", { name: "x", expires_in_days: days });
    assert.equal((await create(0)).status, 400);
    assert.equal((await create(366)).status, 400);
    const answers = await Promise.all(Array.from({ length: 60 }, () => create(1)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 50);
    assert.equal(answers.filter(({ status }) => status === 409).length, 10);
  });
});

describe("the guard of scope read", () => {
  it("stands on every table that users see", async () => {
    const rows = await sql(`select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'api_tokens'
        and not exists (select from pg_trigger where tgrelid = pg_class.oid and tgname = 'read_only_guard')`);
    assert.deepEqual(
      rows.map(({ relname }) => relname),
      [],
      "a migration that adds a table calls private.guard_read_only",
    );
  });
});
