// What happens to a document, as server-sent events, for clients without websockets.

import { createRoute, z } from "@hono/zod-openapi";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { admitted } from "../platform/admission.ts";
import type { Caller } from "../platform/context.ts";
import { accepted, Problem } from "../platform/problem.ts";
import { bearerSecurity, idParam, problems, type Router, SIGNED_IN, wholeNumber } from "./router.ts";

/** Events a question; more follow at once. */
const BATCH = 200;
const PAUSE_MS = 500;
const HEARTBEAT_MS = 15_000;
/** Below the 150 seconds after which the platform may end a request. */
const LONGEST = 140;
const RECONNECT_MS = 1000;

const SequenceSchema = wholeNumber(Number.MAX_SAFE_INTEGER);

/** What one event of the stream holds. */
const EventSchema = z
  .object({
    id: z.string().openapi({ description: "Its seq." }),
    event: z.string().openapi({ description: "Its kind." }),
    data: z.string().openapi({ description: "Its row of job_events, in JSON." }),
  })
  .openapi("DocumentEvent");

const route = createRoute({
  method: "get",
  path: "/documents/{id}/events",
  operationId: "documentEvents",
  tags: ["Documents"],
  summary: "Follow what happens to a document",
  description:
    "Server-sent events: id is the event's seq, event its kind, data the row of job_events. The stream ends after " +
    "`seconds`; clients of the standard come back by themselves, and Last-Event-ID makes them miss nothing.",
  security: bearerSecurity,
  middleware: admitted(),
  request: {
    params: idParam,
    headers: z.object({
      "last-event-id": SequenceSchema.optional().openapi({ description: "Events after this seq." }),
    }),
    query: z.object({
      after: SequenceSchema.optional().openapi({ description: "As Last-Event-ID, for a first request." }),
      seconds: wholeNumber(LONGEST)
        .default(LONGEST)
        .openapi({ description: "How long to follow; 0 gives what is there and ends." }),
    }),
  },
  responses: {
    200: { description: "The events.", content: { "text/event-stream": { schema: EventSchema } } },
    ...problems(404, ...SIGNED_IN),
  },
});

type Event = { seq: number; kind: string };

export function addEvents(router: Router): void {
  router.openapi(route, async (c) => {
    const { id } = c.req.valid("param");
    const { after, seconds } = c.req.valid("query");
    const caller = c.get("caller");
    const begin = c.req.valid("header")["last-event-id"] ?? after ?? 0;
    await requireDocument(caller, id);
    const first = await eventsSince(caller, id, begin);
    // Proxies in between must pass events on as they come.
    c.header("x-accel-buffering", "no");
    return streamSSE(c, (stream) => follow(stream, caller, id, first, begin, Date.now() + seconds * 1000));
  });
}

async function requireDocument({ client }: Caller, id: string): Promise<void> {
  if (accepted(await client.from("documents").select("id").eq("id", id).maybeSingle()) === null) {
    throw new Problem(404, "not_found", "There is no such document.", {
      hint: "List your documents to find its id.",
    });
  }
}

async function follow(
  stream: SSEStreamingApi,
  caller: Caller,
  id: string,
  first: Event[],
  begin: number,
  end: number,
): Promise<void> {
  let [events, after, spoken] = [first, begin, Date.now()];
  await stream.write(`retry: ${RECONNECT_MS}\n\n`);
  while (!stream.aborted) {
    for (const event of events) {
      await stream.writeSSE({ id: String(event.seq), event: event.kind, data: JSON.stringify(event) });
      [after, spoken] = [event.seq, Date.now()];
    }
    if (events.length < BATCH) {
      if (Date.now() >= end) {
        return;
      }
      if (Date.now() - spoken >= HEARTBEAT_MS) {
        await stream.write(": nothing new\n\n");
        spoken = Date.now();
      }
      await stream.sleep(Math.min(PAUSE_MS, Math.max(end - Date.now(), 0)));
    }
    try {
      events = await eventsSince(caller, id, after);
    } catch {
      // The caller's token has expired, or the database is away: the client comes back and is told.
      return;
    }
  }
}

async function eventsSince({ client }: Caller, document_id: string, after_seq: number): Promise<Event[]> {
  return accepted(await client.rpc("events_since", { document_id, after_seq, max_events: BATCH }));
}
