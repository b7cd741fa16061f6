// A second version beside the first: one more entry in createApi, and nothing of the first changes.

import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { createRoute, z } from "@hono/zod-openapi";
import { createApi } from "../api/api.ts";
import { v1 } from "../api/v1/mod.ts";
import { answers, newRouter, refuseOtherMethods } from "../api/v1/router.ts";

function v2() {
  const router = newRouter();
  const route = createRoute({
    method: "get",
    path: "/health",
    summary: "Another shape",
    responses: { 200: answers("Well.", z.object({ well: z.boolean() })) },
  });
  router.openapi(route, (c) => c.json({ well: true }, 200));
  router.get("/openapi.json", (c) =>
    c.json(router.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "x", version: "2.0.0" } })),
  );
  refuseOtherMethods(router);
  return router;
}

const api = createApi({ v1: v1(), v2: v2() });
const get = (path: string, init?: RequestInit) => api.request(`/api${path}`, init);

Deno.test("a second version is mounted beside the first, each with a description of its own", async () => {
  deepStrictEqual(await (await get("/v2/health")).json(), { well: true });
  const [first, second] = await Promise.all(
    [get("/v1/openapi.json"), get("/v2/openapi.json")].map(async (answer) => (await answer).json()),
  );
  strictEqual(first.info.version, "1.0.0");
  strictEqual(second.info.version, "2.0.0");
  deepStrictEqual(Object.keys(second.paths), ["/health"]);
  strictEqual(Object.keys(first.paths).length > 8, true);
});

Deno.test("versions share request ids, problems and refused methods", async () => {
  for (const version of ["v1", "v2"]) {
    const missing = await get(`/${version}/nothing`, { headers: { "x-request-id": "abc" } });
    strictEqual(missing.status, 404);
    strictEqual(missing.headers.get("content-type"), "application/problem+json");
    strictEqual((await missing.json()).request_id, "abc");
    const refused = await get(`/${version}/health`, { method: "PUT" });
    deepStrictEqual([refused.status, refused.headers.get("allow")], [405, "GET, HEAD"]);
  }
  strictEqual((await get("/v3/health")).status, 404);
});
