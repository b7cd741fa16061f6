// What was deleted is told to whoever asks what has happened.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newCaller, sql } from "./caller.mjs";

/** Everything since a cursor, page by page. */
async function since(caller, cursor, pageSize = 1000) {
  const events = [];
  const deleted = [];
  for (let pages = 1; ; pages += 1) {
    const request = { ...(cursor && { after_cursor: cursor }), max_events: pageSize };
    const { status, json } = await caller.rest("POST", "rpc/user_events_since", request);
    assert.equal(status, 200, JSON.stringify(json));
    assert.ok(json.events.length + json.deleted.length <= pageSize);
    events.push(...json.events);
    deleted.push(...json.deleted);
    cursor = json.cursor;
    if (!json.more) return { cursor, events, deleted, pages };
  }
}

const make = async (caller, name) =>
  (await caller.rest("POST", "rpc/create_document", { name, byte_size: 1000 })).json.id;
const remove = (caller, id) => caller.rest("DELETE", `documents?id=eq.${id}`);

test("a deletion is told to the owner alone, among the events, whatever the size of a page", async () => {
  const [caller, other] = [await newCaller(), await newCaller()];
  const ids = [];
  for (let count = 0; count < 6; count += 1) ids.push(await make(caller, `${count}.pdf`));
  const { cursor } = await since(caller);
  const { cursor: begun } = await since(other);
  const gone = ids.slice(0, 3).sort();
  const kept = ids.slice(3).sort();
  for (const id of kept) await caller.rest("PATCH", `documents?id=eq.${id}`, { name: "renamed.pdf" });
  for (const id of gone) await remove(caller, id);
  for (const pageSize of [1, 2, 4, 1000]) {
    const happened = await since(caller, cursor, pageSize);
    assert.deepEqual(happened.deleted, gone);
    assert.deepEqual([...new Set(happened.events.map((event) => event.document_id))], kept);
    if (pageSize === 1) assert.ok(happened.pages > 5);
  }
  const { cursor: later } = await since(caller, cursor);
  assert.deepEqual((await since(caller, later)).deleted, []);
  assert.deepEqual((await since(other, begun)).deleted, []);
});

test("a deletion that commits after a later one was told of is not left out", async () => {
  const caller = await newCaller();
  const [early, late] = [await make(caller, "early.pdf"), await make(caller, "late.pdf")];
  const { cursor } = await since(caller);
  // It begins first, and ends when somebody has asked.
  const slow = sql(
    `begin; delete from public.documents where id = '${early}'; select pg_sleep(2); commit; select 1`,
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  await remove(caller, late);
  const meanwhile = await since(caller, cursor);
  await slow;
  const after = await since(caller, meanwhile.cursor);
  assert.ok(meanwhile.deleted.includes(late));
  assert.ok([...meanwhile.deleted, ...after.deleted].includes(early));
});

test("a deletion is forgotten after 30 days, at the latest when its account goes", async () => {
  const caller = await newCaller();
  const [old, recent, last] = [
    await make(caller, "1.pdf"),
    await make(caller, "2.pdf"),
    await make(caller, "3.pdf"),
  ];
  const { cursor } = await since(caller);
  await remove(caller, old);
  await sql(
    "update private.document_deletions set deleted_at = now() - interval '31 days' where document_id = $1",
    [old],
  );
  await remove(caller, recent);
  assert.deepEqual((await since(caller, cursor)).deleted, [recent]);
  await sql("delete from auth.users where id = $1", [caller.id]);
  const left = await sql("select from private.document_deletions where owner = $1 or document_id = $2", [
    caller.id,
    last,
  ]);
  assert.equal(left.length, 0);
});
