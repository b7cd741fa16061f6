// The REST API describes itself: nothing that users may call goes without a comment.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newCaller, sql } from "./caller.mjs";

describe("what users may call", () => {
  it("has a comment: every table, view, column, type and function", async () => {
    const rows = await sql(`
      select 'relation ' || c.relname as missing from pg_class c
      where relnamespace in ('public'::regnamespace, 'worker'::regnamespace) and relkind in ('r', 'v', 'p', 'm') and obj_description(c.oid, 'pg_class') is null
      union all
      select format('column %s.%s', c.relname, a.attname) from pg_class c join pg_attribute a on a.attrelid = c.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'p', 'm') and attnum > 0 and not attisdropped
        and col_description(c.oid, attnum) is null
      union all
      select 'function ' || p.oid::regprocedure from pg_proc p
      where pronamespace in ('public'::regnamespace, 'worker'::regnamespace) and prorettype <> 'trigger'::regtype and obj_description(p.oid, 'pg_proc') is null
      union all
      select 'type ' || t.oid::regtype from pg_type t
      where typnamespace = 'public'::regnamespace and typtype = 'e' and obj_description(t.oid, 'pg_type') is null`);
    assert.deepEqual(
      rows.map(({ missing }) => missing),
      [],
    );
  });

  it("comes with its comments at the root of /rest/v1", async () => {
    const { json } = await (await newCaller()).rest("GET", "");
    assert.equal(json.swagger, "2.0");
    for (const name of ["documents", "zones", "webhooks", "api_tokens"]) {
      assert.ok(json.definitions[name].description, name);
    }
    for (const name of ["create_document", "request_export", "cancel_job", "create_api_token"]) {
      assert.ok(json.paths[`/rpc/${name}`].post.summary, name);
    }
  });

  it("names its constraints, so that a client can tell them apart", async () => {
    const rows = await sql(`
      select conrelid::regclass || ' ' || conname as generated from pg_constraint
      where connamespace = 'public'::regnamespace and contype = 'c' and conname ~ '_check\\d*$'`);
    assert.deepEqual(
      rows.map(({ generated }) => generated),
      [],
    );
  });

  it("raises no error without a hint", async () => {
    const rows = await sql(`
      select p.oid::regprocedure || ': ' || error[1] as raised
      from pg_proc p, lateral regexp_matches(p.prosrc, 'raise exception ((?:[^;'']|''(?:[^'']|'''')*'')*);', 'g') as error
      where pronamespace in ('public'::regnamespace, 'private'::regnamespace, 'worker'::regnamespace)`);
    assert.ok(rows.length > 20);
    assert.deepEqual(
      rows.map(({ raised }) => raised).filter((raised) => !/hint\s*=/.test(raised)),
      [],
    );
  });

  it("refuses with a code, a message and a hint", async () => {
    const user = await newCaller();
    const refused = async (name, values) => (await user.rest("POST", `rpc/${name}`, values)).json;
    const unknown = "00000000-0000-4000-8000-000000000000";
    for (const [name, values, code] of [
      ["cancel_job", { job_id: unknown }, "PT404"],
      ["retry_job", { job_id: unknown }, "PT404"],
      ["reprocess_zone", { zone_id: unknown }, "PT404"],
      ["draw_zone", { document_id: unknown, page_number: 1, box: {} }, "PT404"],
      ["revoke_api_token", { token_id: unknown }, "PT404"],
      ["test_webhook", { webhook_id: unknown }, "PT404"],
      ["create_api_token", { name: "x", expires_in_days: 0 }, "PT400"],
    ]) {
      const error = await refused(name, values);
      assert.equal(error.code, code, JSON.stringify(error));
      assert.ok(error.message && error.hint, JSON.stringify(error));
    }
    assert.match((await refused("create_document", { name: "" })).message, /documents_name_length/);
  });
});
