import { match, notStrictEqual, strictEqual } from "node:assert/strict";
import { traceOf } from "../api/platform/observed.ts";

Deno.test("a caller's trace goes on with a span of ours", () => {
  const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  const { traceId, traceparent } = traceOf(given);
  strictEqual(traceId, "0af7651916cd43dd8448eb211c80319c");
  match(traceparent, /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  notStrictEqual(traceparent, given);
});

Deno.test("without a trace that can be one, a new one begins", () => {
  for (const given of [
    undefined,
    "",
    "x",
    `00-${"0".repeat(32)}-b7ad6b7169203331-01`,
    `00-${"a".repeat(32)}-${"0".repeat(16)}-01`,
  ]) {
    match(traceOf(given).traceparent, /^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  }
});
