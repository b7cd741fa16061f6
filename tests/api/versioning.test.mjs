// A breaking change of the data API, as docs/api.md has it done: the old shape stays behind as a schema of views, and
// a client that was written for it asks for it by Accept-Profile and Content-Profile.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually, newCaller, sql } from "./caller.mjs";

/** export_presets.name becomes title; what clients of version 1 know stays in schema v1. */
const MIGRATION = `
begin;
alter table public.export_presets rename column name to title;
create schema v1;
grant usage on schema v1 to authenticated;
-- With the rights of whoever asks, so the policies of the table hold.
create view v1.export_presets with (security_invoker = true) as
  select id, owner, title as name, format, options, created_at from public.export_presets;
grant select, delete on v1.export_presets to authenticated;
grant insert (id, name, format, options), update (name, format, options) on v1.export_presets to authenticated;
comment on view v1.export_presets is 'Presets as they were before their name was called title.';
alter role authenticator set pgrst.db_schemas = 'public, graphql_public, worker, v1';
notify pgrst, 'reload config';
notify pgrst, 'reload schema';
commit;`;

const UNDO = `
begin;
drop schema v1 cascade;
alter table public.export_presets rename column title to name;
alter role authenticator reset pgrst.db_schemas;
notify pgrst, 'reload config';
notify pgrst, 'reload schema';
commit;`;

const OLD = { "accept-profile": "v1", "content-profile": "v1" };

describe("a breaking change of the data API", () => {
  let user;
  before(async () => {
    user = await newCaller();
    await sql(MIGRATION);
    await eventually("the schema is served", async () => {
      const { status } = await user.rest("GET", "export_presets?select=name", undefined, OLD);
      return status === 200 || undefined;
    });
  });
  after(async () => {
    await sql(UNDO);
    await eventually("the change is undone", async () => {
      const { status } = await user.rest("GET", "export_presets?select=name");
      return status === 200 || undefined;
    });
  });

  it("leaves an old client all it did: make, list, change, delete its own", async () => {
    const made = await user.rest("POST", "export_presets", { name: "Old", format: "json" }, OLD);
    assert.equal(made.status, 201, made.text);
    const { id } = made.json[0];
    assert.equal(made.json[0].name, "Old");
    const renamed = await user.rest("PATCH", `export_presets?id=eq.${id}`, { name: "Renamed" }, OLD);
    assert.equal(renamed.json[0].name, "Renamed");
    const listed = await user.rest("GET", `export_presets?select=id,name&id=eq.${id}`, undefined, OLD);
    assert.deepEqual(listed.json, [{ id, name: "Renamed" }]);
    assert.equal((await user.rest("DELETE", `export_presets?id=eq.${id}`, undefined, OLD)).status, 200);
  });

  it("shows a new client the new shape of the same rows", async () => {
    const made = await user.rest("POST", "export_presets", { name: "Both", format: "json" }, OLD);
    const { json } = await user.rest("GET", `export_presets?select=title&id=eq.${made.json[0].id}`);
    assert.deepEqual(json, [{ title: "Both" }]);
    assert.equal(
      (await user.rest("GET", "export_presets?select=name")).status,
      400,
      "the old name is gone there",
    );
  });

  it("opens nothing to anybody else", async () => {
    await user.rest("POST", "export_presets", { name: "Mine", format: "json" }, OLD);
    const other = await newCaller();
    assert.deepEqual((await other.rest("GET", "export_presets", undefined, OLD)).json, []);
    const forged = await other.rest(
      "POST",
      "export_presets",
      { name: "x", format: "json", owner: user.id },
      OLD,
    );
    assert.equal(forged.status, 403, forged.text);
  });
});
