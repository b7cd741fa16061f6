// Whether the services behind this one answer.

import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Env } from "../platform/context.ts";
import { projectUrl } from "../platform/environment.ts";
import { callHeaders } from "../platform/supabase.ts";
import { answers, type Router } from "./router.ts";

const LIMIT_MS = 3000;
const SERVICES = {
  database: "/rest/v1/rpc/service_health",
  auth: "/auth/v1/health",
  storage: "/storage/v1/status",
};

const CheckSchema = z.object({ status: z.enum(["ok", "failed"]), milliseconds: z.int() });
const HealthSchema = z
  .object({
    status: z.enum(["ok", "failed"]),
    checks: z.object({ database: CheckSchema, auth: CheckSchema, storage: CheckSchema }),
  })
  .openapi("Health");

const route = createRoute({
  method: "get",
  path: "/health",
  operationId: "health",
  tags: ["Operation"],
  summary: "Whether the services behind this one answer",
  security: [],
  responses: { 200: answers("They do.", HealthSchema), 503: answers("At least one does not.", HealthSchema) },
});

export function addHealth(router: Router): void {
  router.openapi(route, async (c) => {
    const [database, auth, storage] = await Promise.all([
      check(c, SERVICES.database),
      check(c, SERVICES.auth),
      check(c, SERVICES.storage),
    ]);
    const good = [database, auth, storage].every(({ status }) => status === "ok");
    c.header("cache-control", "no-store");
    const checks = { database, auth, storage };
    return good
      ? c.json({ status: "ok" as const, checks }, 200)
      : c.json({ status: "failed" as const, checks }, 503);
  });
}

async function check(c: Context<Env>, path: string): Promise<z.infer<typeof CheckSchema>> {
  const begun = performance.now();
  const answer = await fetch(`${projectUrl()}${path}`, {
    headers: callHeaders(c, undefined),
    signal: AbortSignal.timeout(LIMIT_MS),
  }).catch(() => undefined);
  await answer?.body?.cancel();
  return { status: answer?.ok ? "ok" : "failed", milliseconds: Math.round(performance.now() - begun) };
}
