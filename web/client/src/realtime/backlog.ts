import * as z from "zod/mini";
import { answered, answeredMaybe, userId, type ZonedSupabase } from "../context.js";
import { eventOf, type ZonedEvent } from "../model/event.js";
import { read } from "../model/json.js";

/** Events since a place, as the database has them. */
export interface EventPage {
  /** In order of their numbers within each document. */
  readonly events: readonly ZonedEvent[];
  /** Documents that were deleted. */
  readonly deleted: readonly string[];
  readonly cursor: string;
  readonly more: boolean;
}

/** What the database keeps of what happened. */
export interface Backlog {
  /** The topic on which everything of the user's is broadcast. */
  userTopic(): Promise<string>;
  /** Whether there is such a document. */
  exists(documentId: string): Promise<boolean>;
  /** Number of a document's last event; 0 before the first. */
  lastSeq(documentId: string): Promise<number>;
  /** Events of a document after a number, in order; fewer than `limit` when there are no more. */
  since(documentId: string, after: number, limit: number): Promise<ZonedEvent[]>;
  /** Events of all the user's documents since a cursor; without one, only the cursor to begin with. */
  sinceCursor(cursor: string | null, limit: number): Promise<EventPage>;
}

const pageSchema = z.object({
  cursor: z.string(),
  more: z.boolean(),
  events: z.array(z.unknown()),
  // A database that is older than this package does not tell.
  deleted: z._default(z.array(z.string()), []),
});

function eventsOf(rows: readonly unknown[]): ZonedEvent[] {
  return rows.map(eventOf).filter((event) => event !== undefined);
}

export function supabaseBacklog(supabase: ZonedSupabase): Backlog {
  return {
    userTopic: async () => `user:${await userId(supabase)}`,
    async exists(documentId) {
      const row = await answeredMaybe(
        supabase.from("documents").select("id").eq("id", documentId).maybeSingle(),
      );
      return row !== null;
    },
    async lastSeq(documentId) {
      const row = await answeredMaybe(
        supabase
          .from("job_events")
          .select("seq")
          .eq("document_id", documentId)
          .order("seq", { ascending: false })
          .limit(1)
          .maybeSingle(),
      );
      return row?.seq ?? 0;
    },
    async since(documentId, after, limit) {
      const rows = await answered(
        supabase.rpc("events_since", { document_id: documentId, after_seq: after, max_events: limit }),
      );
      return eventsOf(rows);
    },
    async sinceCursor(cursor, limit) {
      const given = cursor === null ? {} : { after_cursor: cursor };
      const answer = await answered(supabase.rpc("user_events_since", { ...given, max_events: limit }));
      const page = read(pageSchema, answer, "The list of events");
      return { ...page, events: eventsOf(page.events) };
    },
  };
}
