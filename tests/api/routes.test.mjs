import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Caller, eventually, functionUrl, newCaller, paper, serve, sql } from "./caller.mjs";

/** The answer is a problem with this status and code, and names its request. */
function problem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.type, `urn:zoned:problem:${code}`);
  assert.equal(answer.json.request_id, answer.headers.get("x-request-id"));
  return answer.json;
}

let user;
before(async () => {
  user = await newCaller();
});

describe("documents", () => {
  it("gives a ticket whose signed address takes the file, which is then processed", async () => {
    const ticket = await user.call("POST", "/documents", { name: "paper.pdf", metadata: { project: "x" } });
    assert.equal(ticket.status, 201, ticket.text);
    const { document, uploads } = ticket.json;
    assert.equal(document.object_path, `${user.id}/${document.id}/source.pdf`);
    const { method, url, headers } = uploads.signed;
    const stored = await fetch(url, { method, headers, body: paper });
    assert.equal(stored.status, 200, await stored.text());
    await eventually("it is ready", async () => {
      const { json } = await user.rest("GET", `documents?id=eq.${document.id}`);
      return json[0].status === "ready" || undefined;
    });
  });

  it("names every fault of the input at once, by JSON pointer", async () => {
    const bad = { name: "", byte_size: -1, sha256: "x", color: 1, upload_seconds: "9" };
    const { errors } = problem(await user.call("POST", "/documents", bad), 422, "invalid_input");
    assert.deepEqual(errors.map(({ location, pointer }) => `${location}${pointer}`).sort(), [
      "body/byte_size",
      "body/color",
      "body/name",
      "body/sha256",
      "body/upload_seconds",
    ]);
  });

  it("refuses a body that is no JSON", async () => {
    const answer = await fetch(`${functionUrl}/documents`, {
      method: "POST",
      headers: { authorization: `Bearer ${user.token}`, "content-type": "application/json" },
      body: "{",
    });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).code, "malformed_request");
  });

  it("lets nobody in without a valid token", async () => {
    problem(await new Caller("", "").call("POST", "/documents", { name: "x" }), 401, "not_signed_in");
    problem(await new Caller("a.b.c", "").call("POST", "/documents", { name: "x" }), 401, "not_signed_in");
    const anon = new Caller(process.env.SUPABASE_ANON_KEY, "");
    problem(await anon.call("POST", "/documents", { name: "x" }), 401, "not_signed_in");
  });
});

describe("import", () => {
  let server;
  before(async () => {
    server = await serve(({ path }, response) => {
      const to = (location) => response.writeHead(302, { location }).end();
      if (path === "/paper.pdf") response.end(paper);
      else if (path === "/chunked") {
        response.write(paper.subarray(0, 100));
        response.end(paper.subarray(100));
      } else if (path === "/page") response.end("<html>%PDX</html>");
      else if (path === "/away") to("/paper.pdf");
      else if (path === "/inside") to(`http://localhost:${server.port}/paper.pdf`);
      else if (path === "/metadata") to("http://169.254.169.254/latest/meta-data/");
      else if (path === "/loop") to("/loop");
      else if (path === "/large") {
        response.write(paper);
        for (let written = 0; written < 1_100_000; written += 65_536)
          response.write(Buffer.alloc(65_536, 32));
        response.end();
      } else if (path === "/declared")
        response.writeHead(200, { "content-length": "99999999" }).write("%PDF-1.7");
      else if (path === "/slow") response.write("%PDF-1.7");
      else if (path === "/broken") {
        response.writeHead(200, { "content-length": "5000" });
        response.write("%PDF-1.7 and no more", () => response.destroy());
      } else response.writeHead(404).end();
    });
  });
  after(() => server.close());

  const documents = async () => (await user.rest("GET", "documents?select=id,name")).json.length;
  const importing = (path, more) =>
    user.call("POST", "/documents:import", { url: `${server.url}${path}`, ...more });

  it("stores the file under a document of the caller's", async () => {
    for (const path of ["/paper.pdf", "/chunked", "/away"]) {
      const answer = await importing(path);
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.json.byte_size, paper.length);
      assert.equal(answer.json.name, path.slice(1));
      const { json } = await user.rest("GET", `documents?id=eq.${answer.json.id}`);
      assert.equal(json[0].byte_size, paper.length);
      assert.notEqual(json[0].status, "awaiting_upload");
    }
  });

  it("refuses what is not a PDF, too large, too slow, broken or missing, and leaves nothing behind", async () => {
    const before = await documents();
    for (const [path, status, code] of [
      ["/page", 422, "not_a_pdf"],
      ["/large", 413, "file_too_large"],
      ["/declared", 413, "file_too_large"],
      ["/broken", 422, "address_unreachable"],
      ["/missing", 422, "address_unreachable"],
      ["/loop", 422, "too_many_redirects"],
      ["/slow", 422, "address_too_slow"],
    ]) {
      problem(await importing(path), status, code);
    }
    assert.equal(await documents(), before);
  });

  it("never goes to an address that is not public, however it is written or reached", async () => {
    const asked = server.requests.length;
    for (const url of [
      `http://localhost:${server.port}/paper.pdf`,
      `http://127.0.0.2:${server.port}/paper.pdf`,
      "http://127.0.0.2/",
      "http://2130706434/",
      "http://0x7f.2/",
      "http://[::1]/",
      "http://[::ffff:127.0.0.2]/",
      "http://[::ffff:7f00:2]/",
      "http://[64:ff9b::7f00:2]/",
      "http://[fe80::1]/",
      "http://[fd00::1]/",
      "http://10.0.0.1/",
      "http://172.16.0.1/",
      "http://192.168.1.1/",
      "http://100.64.0.1/",
      "http://169.254.169.254/latest/meta-data/",
      "http://0.0.0.0/",
      "http://printer/",
      "http://db.internal/",
      "http://user:password@example.com/",
      "http://example.com:22/",
      "ftp://example.com/",
      "file:///etc/passwd",
      "not a url",
    ]) {
      problem(await user.call("POST", "/documents:import", { url }), 422, "address_not_allowed");
    }
    problem(await importing("/inside"), 422, "address_not_allowed");
    problem(await importing("/metadata"), 422, "address_not_allowed");
    assert.equal(server.requests.length, asked + 2, "only the two redirects were asked for");
  });

  before(() => sql("update private.request_limits set capacity = 1000 where name = 'imports'"));
});

describe("events", () => {
  const events = (text) =>
    text
      .split("\n\n")
      .filter((block) => block.includes("\nid:") || block.startsWith("id:") || block.startsWith("event:"))
      .map((block) => Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2))));

  it("gives every event in order, and after Last-Event-ID only the rest", async () => {
    const { id } = await user.ready("events.pdf");
    const all = await user.call("GET", `/documents/${id}/events?seconds=0`);
    assert.equal(all.headers.get("content-type"), "text/event-stream");
    const seen = events(all.text);
    assert.deepEqual(
      seen.map((event) => Number(event.id)),
      seen.map((_, index) => index + 1),
      "numbered without gaps",
    );
    assert.equal(seen[0].event, "document.created");
    assert.equal(JSON.parse(seen[0].data).document_id, id);
    const rest = await user.call("GET", `/documents/${id}/events?seconds=0`, undefined, {
      "last-event-id": "3",
    });
    assert.deepEqual(
      events(rest.text).map((event) => event.id),
      seen.slice(3).map((event) => event.id),
    );
  });

  it("passes on what happens while it is open", async () => {
    const { json } = await user.call("POST", "/documents", { name: "live.pdf" });
    const answer = await fetch(`${functionUrl}/documents/${json.document.id}/events`, {
      headers: { authorization: `Bearer ${user.token}` },
    });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (word) => {
      while (!text.includes(word)) text += (await reader.read()).value;
    };
    await until("document.created");
    await user.rest("PATCH", `documents?id=eq.${json.document.id}`, { name: "renamed.pdf" });
    await until("renamed.pdf");
    await reader.cancel();
  });

  it("tells nobody of other people's documents", async () => {
    const { json } = await user.call("POST", "/documents", { name: "mine.pdf" });
    const other = await newCaller();
    problem(await other.call("GET", `/documents/${json.document.id}/events?seconds=0`), 404, "not_found");
    problem(await user.call("GET", `/documents/${randomUUID()}/events?seconds=0`), 404, "not_found");
    problem(await user.call("GET", "/documents/x/events?seconds=999"), 422, "invalid_input");
  });
});

describe("download", () => {
  it("leads to the file, and to nobody else's", async () => {
    const { id } = await user.ready("export.pdf");
    const made = await user.rest("POST", "rpc/request_export", { document_id: id, format: "markdown" });
    const early = await user.call("GET", `/exports/${made.json.id}/download`);
    assert.ok(early.status === 302 || early.json.code === "export_not_ready", early.text);
    const answer = await eventually("the export is ready", async () => {
      const answer = await user.call("GET", `/exports/${made.json.id}/download`);
      return answer.status === 302 ? answer : undefined;
    });
    const file = await fetch(answer.headers.get("location"));
    assert.equal(file.status, 200);
    assert.match(file.headers.get("content-disposition"), /export\.md/);
    assert.match(await file.text(), /^#/m);
    const other = await newCaller();
    problem(await other.call("GET", `/exports/${made.json.id}/download`), 404, "not_found");
    await sql("update public.exports set status = 'expired' where id = $1", [made.json.id]);
    problem(await user.call("GET", `/exports/${made.json.id}/download`), 410, "export_expired");
  });
});

describe("Idempotency-Key", () => {
  it("does a request once and answers it alike", async () => {
    const key = { "idempotency-key": randomUUID() };
    const first = await user.call("POST", "/documents", { name: "once.pdf" }, key);
    const second = await user.call("POST", "/documents", { name: "once.pdf" }, key);
    assert.equal(first.status, 201);
    assert.deepEqual([second.status, second.text], [first.status, first.text]);
    assert.equal(second.headers.get("idempotent-replayed"), "true");
    assert.equal((await user.rest("GET", "documents?name=eq.once.pdf")).json.length, 1);
    problem(await user.call("POST", "/documents", { name: "other.pdf" }, key), 409, "idempotency_key_reused");
    const other = await newCaller();
    assert.equal(
      (await other.call("POST", "/documents", { name: "other.pdf" }, key)).status,
      201,
      "keys are each owner's",
    );
  });

  it("does it once also when both come at the same moment", async () => {
    const key = { "idempotency-key": randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => user.call("POST", "/documents", { name: "race.pdf" }, key)),
    );
    for (const answer of answers) assert.ok([201, 409].includes(answer.status), answer.text);
    assert.equal((await user.rest("GET", "documents?name=eq.race.pdf")).json.length, 1);
  });

  it("keeps what was wrong with the input, and forgets keys after a day", async () => {
    const key = { "idempotency-key": randomUUID() };
    assert.equal((await user.call("POST", "/documents", { name: "" }, key)).status, 422);
    assert.equal(
      (await user.call("POST", "/documents", { name: "" }, key)).headers.get("idempotent-replayed"),
      "true",
    );
    await sql(
      "update private.idempotency_keys set expires_at = now() - interval '1 second' where owner = $1",
      [user.id],
    );
    assert.equal((await user.call("POST", "/documents", { name: "new.pdf" }, key)).status, 201);
    const control = await user.call("POST", "/documents", { name: "x" }, { "idempotency-key": "a b" });
    assert.equal(problem(control, 422, "invalid_input").errors[0].pointer, "/idempotency-key");
  });
});

describe("rate limits", () => {
  it("count per user, tell what is left, and say when to come back", async () => {
    const eager = await newCaller();
    const first = await eager.call("GET", "/webhooks");
    assert.match(first.headers.get("ratelimit-policy"), /^"requests";q=\d+;w=\d+$/);
    await sql("update private.request_budgets set remaining = 1.5, at = clock_timestamp() where owner = $1", [
      eager.id,
    ]);
    assert.match(
      (await eager.call("GET", "/webhooks")).headers.get("ratelimit"),
      /^"requests";r=[01];t=\d+$/,
    );
    await sql("update private.request_budgets set remaining = -3, at = clock_timestamp() where owner = $1", [
      eager.id,
    ]);
    const answer = await eager.call("GET", "/webhooks");
    problem(answer, 429, "rate_limited");
    assert.ok(Number(answer.headers.get("retry-after")) >= 1);
    assert.equal((await user.call("GET", "/webhooks")).status, 200, "others are not held up");
    await sql(
      "update private.request_budgets set at = clock_timestamp() - interval '1 hour' where owner = $1",
      [eager.id],
    );
    assert.equal((await eager.call("GET", "/webhooks")).status, 200);
  });
});

describe("browsers", () => {
  const preflight = (origin) =>
    fetch(`${functionUrl}/documents`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,idempotency-key",
      },
    });

  it("may call from the configured origins and from no other", async () => {
    const allowed = await preflight("http://app.example:5173");
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get("access-control-allow-origin"), "http://app.example:5173");
    assert.match(allowed.headers.get("access-control-allow-headers"), /idempotency-key/);
    assert.match(allowed.headers.get("access-control-allow-methods"), /POST/);
    assert.equal((await preflight("http://evil.example")).headers.get("access-control-allow-origin"), null);
    const real = await user.call("GET", "/webhooks", undefined, { origin: "http://app.example:5173" });
    assert.equal(real.headers.get("access-control-allow-origin"), "http://app.example:5173");
    assert.match(real.headers.get("access-control-expose-headers"), /x-request-id/);
    const refused = await new Caller("", "").call("GET", "/webhooks", undefined, {
      origin: "http://app.example:5173",
    });
    assert.equal(
      refused.headers.get("access-control-allow-origin"),
      "http://app.example:5173",
      "errors can be read too",
    );
  });
});

describe("what every answer has", () => {
  it("takes the caller's request id if it can be one, and makes one otherwise", async () => {
    const given = await user.call("GET", "/webhooks", undefined, { "x-request-id": "mine-1" });
    assert.equal(given.headers.get("x-request-id"), "mine-1");
    const made = await user.call("GET", "/webhooks", undefined, { "x-request-id": "a b" });
    assert.match(made.headers.get("x-request-id"), /^[0-9a-f-]{36}$/);
  });

  it("has a problem for paths and methods that are not there", async () => {
    problem(await user.call("GET", "/nothing"), 404, "no_such_route");
    const answer = await user.call("PUT", "/documents", {});
    problem(answer, 405, "method_not_allowed");
    assert.equal(answer.headers.get("allow"), "POST");
  });
});

describe("the description", () => {
  it("has a page that loads nothing from elsewhere", async () => {
    const page = await fetch(`${functionUrl}/docs`);
    assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
    const html = await page.text();
    const loaded = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    assert.ok(loaded.length >= 4);
    for (const address of loaded.filter((address) => !address.startsWith("data:"))) {
      assert.doesNotMatch(address, /^(https?:)?\/\//);
      const asset = await fetch(new URL(address, `${functionUrl}/docs`));
      assert.equal(asset.status, 200, address);
      assert.ok((await asset.arrayBuffer()).byteLength > 50);
    }
  });

  it("lists every route with what it may answer", async () => {
    const description = await (await fetch(`${functionUrl}/openapi.json`)).json();
    assert.equal(description.openapi, "3.1.0");
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        assert.ok(operation.summary && operation.operationId, `${method} ${path}`);
      }
    }
    for (const path of [
      "/documents",
      "/documents:import",
      "/documents/{id}/events",
      "/exports/{id}/download",
      "/webhooks",
      "/health",
    ]) {
      assert.ok(description.paths[path], path);
    }
  });
});

describe("health", () => {
  it("says that all is well, to everyone", async () => {
    const answer = await fetch(`${functionUrl}/health`);
    assert.equal(answer.status, 200);
    const { status, checks } = await answer.json();
    assert.equal(status, "ok");
    assert.deepEqual(Object.keys(checks).sort(), ["auth", "database", "storage"]);
  });
});
