import type { ZonedError } from "../error.js";
import { backoff } from "./backoff.js";

/** Where a subscription to a topic is. Times are milliseconds as of Date.now. */
export type LinkState =
  | { readonly kind: "closed" }
  /** A join was sent. */
  | { readonly kind: "joining"; readonly attempt: number }
  /** Broadcasts arrive. */
  | { readonly kind: "live" }
  /** Between attempts. */
  | { readonly kind: "waiting"; readonly attempt: number; readonly until: number; readonly error: ZonedError }
  /** The machine has no network: nothing is tried. */
  | { readonly kind: "offline" };

/** What happens to a link. */
export type LinkInput =
  | { readonly kind: "open"; readonly online: boolean }
  | { readonly kind: "close" }
  /** The join succeeded. */
  | { readonly kind: "joined" }
  /** The join failed, or the connection was lost. */
  | { readonly kind: "lost"; readonly error: ZonedError }
  /** The wait is over, or the user does not want to wait. */
  | { readonly kind: "retry" }
  | { readonly kind: "offline" }
  | { readonly kind: "online" }
  /** The machine slept, or broadcasts were found missing: the connection is not to be trusted. */
  | { readonly kind: "distrust" };

/** What is to be done about it. */
export type LinkEffect = "join" | "leave" | "catch_up";

/** The first wait and the longest, in milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** Refusals are not worth asking often. */
const REFUSED_WAIT = 60_000;

/** The next state of a link, and what is to be done on the way there. Pure: time and chance are arguments. */
export function link(
  state: LinkState,
  input: LinkInput,
  now: number,
  random: () => number = Math.random,
): { readonly state: LinkState; readonly effects: readonly LinkEffect[] } {
  const same = { state, effects: [] };
  if (input.kind === "close")
    return { state: { kind: "closed" }, effects: state.kind === "closed" ? [] : ["leave"] };
  if (state.kind === "closed") {
    if (input.kind !== "open") return same;
    return input.online ? joining(1) : { state: { kind: "offline" }, effects: [] };
  }
  switch (input.kind) {
    case "open":
      return same;
    case "joined":
      return state.kind === "joining" ? { state: { kind: "live" }, effects: ["catch_up"] } : same;
    case "lost":
      return state.kind === "joining" || state.kind === "live"
        ? waiting(state, input.error, now, random)
        : same;
    case "retry":
      return state.kind === "waiting" ? joining(state.attempt + 1) : same;
    case "offline":
      return state.kind === "offline" ? same : { state: { kind: "offline" }, effects: ["leave"] };
    case "online":
      return state.kind === "offline" || state.kind === "waiting" ? joining(1) : same;
    case "distrust":
      if (state.kind === "offline") return same;
      return { state: { kind: "joining", attempt: 1 }, effects: ["leave", "join"] };
  }
}

function joining(attempt: number) {
  return { state: { kind: "joining", attempt }, effects: ["join"] } as const;
}

function waiting(
  state: { kind: "joining"; attempt: number } | { kind: "live" },
  error: ZonedError,
  now: number,
  random: () => number,
) {
  const attempt = state.kind === "joining" ? state.attempt : 0;
  const refused = error.code === "forbidden" || error.code === "not_found";
  const wait = refused ? REFUSED_WAIT : backoff(attempt + 1, FIRST_WAIT, LONGEST_WAIT, random);
  return { state: { kind: "waiting", attempt, until: now + wait, error }, effects: ["leave"] } as const;
}
