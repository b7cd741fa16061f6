// People who call the API, and what they need around it.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { root } from "./project.mjs";

const { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, SUPABASE_SERVICE_ROLE_KEY, DATABASE_URL } = process.env;

export const functionUrl = `${SUPABASE_URL}/functions/v1/api/v1`;
export const paper = await readFile(`${root}tests/fixtures/paper.pdf`);

/** A new person, signed in. */
export async function newCaller(app_metadata = {}) {
  const login = { email: `api-${randomUUID()}@example.com`, password: randomUUID() };
  const admin = {
    apikey: SUPABASE_SERVICE_ROLE_KEY,
    authorization: `Bearer ${SUPABASE_SERVICE_ROLE_KEY}`,
    "content-type": "application/json",
  };
  await ok(
    fetch(`${SUPABASE_URL}/auth/v1/admin/users`, {
      method: "POST",
      headers: admin,
      body: JSON.stringify({ ...login, email_confirm: true, app_metadata }),
    }),
  );
  const session = await ok(
    fetch(`${SUPABASE_URL}/auth/v1/token?grant_type=password`, {
      method: "POST",
      headers: { apikey: SUPABASE_PUBLISHABLE_KEY, "content-type": "application/json" },
      body: JSON.stringify(login),
    }),
  );
  return new Caller(session.access_token, session.user.id);
}

export class Caller {
  constructor(token, id) {
    this.token = token;
    this.id = id;
  }

  /** A request to the function; `body` becomes JSON. */
  async call(method, path, body, headers = {}) {
    const answer = await fetch(`${functionUrl}${path}`, {
      method,
      redirect: "manual",
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
  }

  /** A request to PostgREST. */
  async rest(method, path, body, headers = {}) {
    const answer = await fetch(`${SUPABASE_URL}/rest/v1/${path}`, {
      method,
      headers: {
        apikey: SUPABASE_PUBLISHABLE_KEY,
        authorization: `Bearer ${this.token}`,
        "content-type": "application/json",
        prefer: "return=representation",
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
  }

  /** An uploaded document. */
  async upload(name = "paper.pdf", bytes = paper) {
    const ticket = await this.call("POST", "/documents", { name });
    const { method, url, headers } = ticket.json.uploads.signed;
    await ok(fetch(url, { method, headers, body: bytes }));
    return ticket.json.document;
  }

  /** A document whose zones are there. */
  async ready(name) {
    const { id } = await this.upload(name);
    return await eventually(`document ${id} is ready`, async () => {
      const { json } = await this.rest("GET", `documents?id=eq.${id}`);
      return json[0]?.status === "ready" ? json[0] : undefined;
    });
  }
}

export async function eventually(what, check, limitMs = 60_000) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A server on loopback that answers by `handler` and remembers what it was asked. */
export async function serve(handler) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen = {
      method: request.method,
      path: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    requests.push(seen);
    handler(seen, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, port, requests, close };
}

/** Rows of a statement, as role `postgres`. */
export async function sql(text, values = []) {
  const { Client } = createRequire(`${root}.cache/contract/package.json`)("pg");
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const result = await client.query(text, values.length > 0 ? values : undefined);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  } finally {
    await client.end();
  }
}

async function ok(promise) {
  const answer = await promise;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`status ${answer.status}: ${text}`);
  return parsed(text);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
