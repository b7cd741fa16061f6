// docs/database.md says where in the migrations everything is now.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { sql } from "./caller.mjs";
import { describeDatabase } from "./database.mjs";
import { root } from "./project.mjs";

const path = `${root}docs/database.md`;

describe("docs/database.md", () => {
  it("is what the migrations say", async () => {
    const described = await describeDatabase();
    if (process.env.UPDATE) await writeFile(path, described);
    assert.equal(
      await readFile(path, "utf8"),
      described,
      "UPDATE=1 make api-test API=database writes it anew",
    );
  });

  it("leaves out no table, no function and no trigger", async () => {
    const text = await readFile(path, "utf8");
    const rows = await sql(`
      with ours as (select oid, nspname from pg_namespace where nspname in ('public', 'private', 'worker'))
      select distinct nspname, proname as name from pg_proc join ours on ours.oid = pronamespace
      where not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
      union all
      select nspname, relname from pg_class join ours on ours.oid = relnamespace where relkind in ('r', 'p')
      union all
      -- Those that guard a table against tokens that only read are made by a function.
      select distinct null, tgname from pg_trigger join pg_proc on pg_proc.oid = tgfoid join ours on ours.oid = pronamespace
      where not tgisinternal and proname <> 'refuse_read_only'`);
    const partOf = (schema) =>
      schema ? text.split(/^## /m).find((part) => part.startsWith(`Schema \`${schema}\``)) : text;
    const missing = rows.filter(
      ({ nspname, name }) => !partOf(nspname).match(new RegExp(`[\`[]${name}[\`\\]]`)),
    );
    assert.deepEqual(missing, []);
    const told = text.match(/^\| `/gm).length;
    assert.equal(told, rows.length, "nothing that is gone");
  });
});
