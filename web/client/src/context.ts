import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types";
import { ZonedError } from "./error";
import { toZonedError } from "./error_from";

/** A supabase-js client for zoned's database. */
export type ZonedSupabase = SupabaseClient<Database>;

/** What PostgREST answers through supabase-js. */
interface Answer<Data> {
  readonly data: Data;
  readonly error: unknown;
  readonly status: number;
}

/** The rows or the value of an answer; throws a ZonedError when it is none. */
export async function answered<Data>(request: PromiseLike<Answer<Data>>): Promise<NonNullable<Data>> {
  const answer = await settled(request);
  if (answer.data === null || answer.data === undefined) {
    throw new ZonedError({ code: "incompatible", message: "The server's answer was empty." });
  }
  return answer.data;
}

/** The row of an answer, if there is one. */
export async function answeredMaybe<Data>(request: PromiseLike<Answer<Data>>): Promise<Data> {
  return (await settled(request)).data;
}

async function settled<Data>(request: PromiseLike<Answer<Data>>): Promise<Answer<Data>> {
  let answer: Answer<Data>;
  try {
    answer = await request;
  } catch (failure) {
    throw toZonedError(failure);
  }
  if (answer.error) throw toZonedError(answer.error, answer.status);
  return answer;
}

/** What Storage answers through supabase-js. */
export async function stored<Data>(
  request: PromiseLike<{ readonly data: Data | null; readonly error: unknown }>,
): Promise<NonNullable<Data>> {
  return answered((async () => ({ ...(await request), status: 0 }))());
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

/** Options of calls that can be given up. */
export interface CallOptions {
  /** Gives the call up when aborted. */
  readonly signal?: AbortSignal | undefined;
}

const NEVER = new AbortController().signal;

/** The caller's signal, or one that never aborts. */
export function signalOf(options: CallOptions | undefined): AbortSignal {
  return options?.signal ?? NEVER;
}
