// Webhooks: made, listed, deleted and tried by their owners; delivered when a daemon says so.

import { createRoute, z } from "@hono/zod-openapi";
import { admitted } from "../platform/admission.ts";
import { privateHosts } from "../platform/environment.ts";
import { accepted, Problem } from "../platform/problem.ts";
import { checked } from "../platform/public_http.ts";
import { DELIVERIES_AT_A_TIME, type Delivery, deliverAll, deliverOne } from "./delivery.ts";
import {
  answers,
  bearerSecurity,
  idempotencyHeader,
  idParam,
  json,
  problems,
  type Router,
  SIGNED_IN,
  textSchema,
} from "./router.ts";

const COLUMNS = "id, url, events, description, enabled, created_at";
const MOST = 100;

const EventSchema = z.enum(["document.ready", "document.failed", "export.ready", "export.failed"]);

const WebhookSchema = z
  .object({
    id: z.uuid(),
    url: z.string(),
    events: z.array(EventSchema),
    description: z.string(),
    enabled: z.boolean(),
    created_at: z.iso.datetime({ offset: true }),
  })
  .openapi("Webhook");

const NewSchema = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({
      format: "uri",
      description: "https, on the public internet.",
      example: "https://example.com/zoned",
    }),
    events: z.array(EventSchema).min(1).max(4),
    description: textSchema(0, 200)
      .refine((text) => !text.includes("\0"), "holds the character U+0000, which the database can't keep")
      .optional(),
  })
  .openapi("NewWebhook");

const TestSchema = z
  .object({
    delivery_id: z.uuid(),
    state: z.enum(["delivered", "failed"]),
    response_status: z.int().nullable(),
    error: z.string().nullable(),
  })
  .openapi("WebhookTest");

const SecretSchema = z.object({ secret: z.string() }).openapi("WebhookSecret");

const common = { tags: ["Webhooks"], security: bearerSecurity, middleware: admitted() };

const create = createRoute({
  ...common,
  method: "post",
  path: "/webhooks",
  operationId: "createWebhook",
  summary: "Have an address told what happens",
  request: { headers: idempotencyHeader, body: json(NewSchema) },
  responses: { 201: answers("Made.", WebhookSchema), ...problems(400, 409, ...SIGNED_IN) },
});
const list = createRoute({
  ...common,
  method: "get",
  path: "/webhooks",
  operationId: "listWebhooks",
  summary: "List your webhooks",
  responses: { 200: answers("Newest first.", z.array(WebhookSchema)), ...problems(...SIGNED_IN) },
});
const remove = createRoute({
  ...common,
  method: "delete",
  path: "/webhooks/{id}",
  operationId: "deleteWebhook",
  summary: "Delete a webhook and its deliveries",
  request: { params: idParam },
  responses: { 204: { description: "Gone." }, ...problems(404, ...SIGNED_IN) },
});
const test = createRoute({
  ...common,
  method: "post",
  path: "/webhooks/{id}/test",
  operationId: "testWebhook",
  summary: "Send a test delivery now and tell how it went",
  request: { params: idParam, headers: idempotencyHeader },
  responses: { 200: answers("How it went.", TestSchema), ...problems(404, 409, ...SIGNED_IN) },
});
const secret = createRoute({
  ...common,
  method: "get",
  path: "/webhooks:secret",
  operationId: "webhookSecret",
  summary: "The secret that signs your deliveries",
  responses: { 200: answers("The secret.", SecretSchema), ...problems(...SIGNED_IN) },
});
const deliver = createRoute({
  ...common,
  method: "post",
  path: "/webhooks:deliver",
  operationId: "deliverWebhooks",
  tags: ["Operation"],
  summary: "Send what is due, as a worker account",
  responses: {
    200: answers("Done.", z.object({ delivered: z.int(), failed: z.int() }).openapi("DeliveryCounts")),
    ...problems(409, ...SIGNED_IN),
  },
});

export function addWebhooks(router: Router): void {
  router.openapi(create, async (c) => {
    const values = c.req.valid("json");
    // Judged again by the database, and, with its addresses, whenever something is sent there. Names in other scripts and
    // odd spellings are kept as they will be called.
    const { href: url } = checked(values.url, { privateHosts: privateHosts(), plainHttp: false });
    const { client } = c.get("caller");
    const made = accepted(
      await client
        .from("webhooks")
        .insert({ ...values, url })
        .select(COLUMNS)
        .single(),
    );
    return c.json(WebhookSchema.parse(made), 201);
  });

  router.openapi(list, async (c) => {
    const { client } = c.get("caller");
    const newestFirst = { ascending: false };
    const listed = await client.from("webhooks").select(COLUMNS).order("created_at", newestFirst).limit(MOST);
    return c.json(z.array(WebhookSchema).parse(accepted(listed)), 200);
  });

  router.openapi(remove, async (c) => {
    const { client } = c.get("caller");
    const { id } = c.req.valid("param");
    const deleted = accepted(await client.from("webhooks").delete().eq("id", id).select("id"));
    if (deleted.length === 0) {
      throw new Problem(404, "not_found", "There is no such webhook.", {
        hint: "List your webhooks to find its id.",
      });
    }
    return c.body(null, 204);
  });

  router.openapi(test, async (c) => {
    const { client } = c.get("caller");
    const made = await client.rpc("test_webhook", { webhook_id: c.req.valid("param").id });
    const delivery = accepted(made) as Delivery;
    const { delivery_id } = delivery;
    const outcome = await deliverOne(delivery);
    const settled = accepted(await client.rpc("settle_webhook_test", { delivery_id, ...outcome }));
    return c.json(TestSchema.parse({ ...settled, delivery_id }), 200);
  });

  router.openapi(secret, async (c) => {
    const kept: string = accepted(await c.get("caller").client.rpc("webhook_secret"));
    c.header("cache-control", "no-store");
    return c.json({ secret: kept }, 200);
  });

  router.openapi(deliver, async (c) => {
    // As the caller, whom the database must know as a worker: only those are given other people's deliveries.
    const database = c.get("caller").client.schema("worker");
    const claimed = await database.rpc("claim_webhook_deliveries", { max_deliveries: DELIVERIES_AT_A_TIME });
    const counts = await deliverAll(
      accepted(claimed) as Delivery[],
      async ({ delivery_id, attempt }, outcome) => {
        await database.rpc("settle_webhook_delivery", { delivery_id, attempt, ...outcome });
      },
    );
    return c.json(counts, 200);
  });
}
