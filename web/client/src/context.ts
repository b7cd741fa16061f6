import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types.js";
import { ZonedError } from "./error.js";
import { toZonedError } from "./error_from.js";

/** A supabase-js client for zoned's database. */
export type ZonedSupabase = SupabaseClient<Database>;

/** What PostgREST answers through supabase-js. */
export interface Answer<Data> {
  readonly data: Data;
  readonly error: unknown;
  readonly status: number;
}

/** A request of supabase-js that was not sent yet. Its types forget on the way that it can be given up. */
type Request<Data> = PromiseLike<Answer<Data>> & { abortSignal?(signal: AbortSignal): unknown };

/** Options of calls that can be given up. */
export interface CallOptions {
  /** Gives the call up when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** No call waits longer for its answer, milliseconds. The database itself gives up after 8 seconds. */
const LIMIT = 30_000;

/** The rows or the value of an answer; throws a ZonedError when it is none. */
export async function answered<Data>(
  request: Request<Data>,
  options?: CallOptions,
): Promise<NonNullable<Data>> {
  const data = await answeredMaybe(request, options);
  if (data === null || data === undefined) {
    throw new ZonedError({ code: "incompatible", message: "The server's answer was empty." });
  }
  return data;
}

/** The row of an answer, if there is one. */
export async function answeredMaybe<Data>(request: Request<Data>, options?: CallOptions): Promise<Data> {
  const limit = timeLimit(LIMIT, options?.signal);
  try {
    request.abortSignal?.(limit.signal);
    const answer = await request;
    if (answer.error) throw toZonedError(answer.error, answer.status);
    return answer.data;
  } catch (failure) {
    throw limit.passed() ? tookTooLong(failure) : toZonedError(failure);
  } finally {
    limit.clear();
  }
}

/** What Storage answers through supabase-js. */
export async function stored<Data>(
  request: PromiseLike<{ readonly data: Data | null; readonly error: unknown }>,
): Promise<NonNullable<Data>> {
  const limit = timeLimit(2 * LIMIT);
  const late = new Promise<never>((_, reject) => {
    limit.signal.addEventListener("abort", () => reject(tookTooLong(undefined)), { once: true });
  });
  try {
    const { data, error } = await Promise.race([request, late]);
    if (error) throw error;
    if (!data) throw new ZonedError({ code: "incompatible", message: "Storage's answer was empty." });
    return data;
  } catch (failure) {
    throw toZonedError(failure);
  } finally {
    limit.clear();
  }
}

/** A signal that aborts when the caller's does, or after so many milliseconds. */
export function timeLimit(milliseconds: number, given?: AbortSignal) {
  const controller = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = true;
    controller.abort();
  }, milliseconds);
  const abort = () => controller.abort();
  if (given?.aborted) abort();
  given?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer);
      given?.removeEventListener("abort", abort);
    },
  };
}

export function tookTooLong(cause: unknown): ZonedError {
  return new ZonedError({
    code: "timeout",
    message: "The server did not answer in time.",
    hint: "Try again in a moment.",
    cause,
  });
}

/** The id of whoever is signed in. */
export async function userId(supabase: ZonedSupabase): Promise<string> {
  const { data, error } = await supabase.auth.getSession();
  if (error) throw toZonedError(error);
  if (!data.session) {
    throw new ZonedError({
      code: "unauthenticated",
      message: "Nobody is signed in.",
      hint: "Sign in, then try again.",
    });
  }
  return data.session.user.id;
}
