import type { ZonedError } from "../error.js";
import type { TopicStatus } from "./topic.js";

/** How live updates arrive. */
export interface ConnectionState {
  /**
   * - `idle`: nothing is watched.
   * - `connecting`: not there yet, or lost a moment ago.
   * - `live`: everything up to now was handed on, and events arrive as they happen.
   * - `polling`: the websocket does not work; the database is asked every few seconds instead.
   * - `offline`: the machine has no network.
   * - `signed_out`: nobody is signed in.
   */
  readonly status: "idle" | "connecting" | "live" | "polling" | "offline" | "signed_out";
  /** When the websocket is tried again, milliseconds as of Date.now; null when it need not be. */
  readonly retryAt: number | null;
  /** Why it is not live. */
  readonly error: ZonedError | null;
}

/** One state of several topics: that of the worst. */
export function connectionOf(topics: readonly TopicStatus[], signedIn: boolean): ConnectionState {
  if (!signedIn) return { status: "signed_out", retryAt: null, error: null };
  const open = topics.filter((topic) => topic.link.kind !== "closed");
  if (open.length === 0) return { status: "idle", retryAt: null, error: null };
  if (open.some((topic) => topic.link.kind === "offline"))
    return { status: "offline", retryAt: null, error: null };
  const troubled = open.find((topic) => topic.link.kind === "waiting" || isRetrying(topic));
  if (troubled) {
    const { link, syncedAt, error } = troubled;
    return {
      // Broadcasts failed more than once, and yet the database answers.
      status: syncedAt !== null && attemptsOf(topics) > 1 ? "polling" : "connecting",
      retryAt: link.kind === "waiting" ? link.until : null,
      error,
    };
  }
  const live = open.every((topic) => topic.link.kind === "live" && topic.syncedAt !== null);
  return { status: live ? "live" : "connecting", retryAt: null, error: null };
}

function isRetrying({ link }: TopicStatus): boolean {
  return link.kind === "joining" && link.attempt > 1;
}

function attemptsOf(topics: readonly TopicStatus[]): number {
  return Math.max(
    ...topics.map(({ link }) => (link.kind === "waiting" || link.kind === "joining" ? link.attempt : 0)),
  );
}
