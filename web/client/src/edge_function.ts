import * as z from "zod/mini";
import { type CallOptions, timeLimit, tookTooLong, type ZonedSupabase } from "./context.js";
import { ZonedError } from "./error.js";
import { toZonedError } from "./error_from.js";

/** A request to the Edge Function `api`, version 1. */
interface FunctionRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/v1/`. */
  readonly path: string;
  readonly body?: Record<string, unknown>;
}

/** Problem details (RFC 9457), as the function answers what it refuses. */
const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  hint: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ pointer: z.string(), detail: z.string() }))),
});

/** It may do something elsewhere before it answers: a test delivery takes up to ten seconds. Milliseconds. */
const LIMIT = 40_000;
const NAME = "api/v1";

/** What the function answers; throws a ZonedError when it refuses or is not there. */
export async function functionAnswer(
  supabase: ZonedSupabase,
  { method, path, body }: FunctionRequest,
  options?: CallOptions,
): Promise<unknown> {
  const limit = timeLimit(LIMIT, options?.signal);
  try {
    const { data, error, response } = await supabase.functions.invoke<unknown>(`${NAME}/${path}`, {
      method,
      signal: limit.signal,
      ...(body === undefined ? {} : { body }),
    });
    if (!error) return data;
    if (limit.passed()) throw tookTooLong(error);
    if (options?.signal?.aborted) throw new ZonedError({ code: "canceled", message: "This was canceled." });
    throw response ? await refusalOf(response) : unreachable(error);
  } finally {
    limit.clear();
  }
}

/**
 * Whether the function is deployed and answers to this page. A browser tells a page neither that there is no such function
 * nor that it may not call one, only that it got no answer: the function is taken as missing when the database answers.
 */
export async function isFunctionAvailable(
  supabase: ZonedSupabase,
  askDatabase: () => Promise<unknown>,
  options?: CallOptions,
): Promise<boolean> {
  try {
    await functionAnswer(supabase, { method: "GET", path: "health" }, options);
    return true;
  } catch (failure) {
    const error = toZonedError(failure);
    if (isMissing(error)) return false;
    if (error.code !== "network") throw error;
    await askDatabase();
    return false;
  }
}

async function refusalOf(response: Response): Promise<ZonedError> {
  const problem = problemSchema.safeParse(await response.json().catch(() => null));
  if (!problem.success) return response.status === 404 ? missing() : toZonedError({}, response.status);
  const { code: name, detail, hint, errors = [] } = problem.data;
  const faults = errors.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}.`);
  const { code, retryable } = toZonedError({}, response.status);
  return new ZonedError({
    code: name === "quota_exceeded" ? name : code,
    message: faults.join(" ") || detail,
    hint: faults.length > 0 ? undefined : hint,
    retryable,
    cause: problem.data,
  });
}

/** The gateway's 404, not one of the function's own. */
function missing(): ZonedError {
  return new ZonedError({
    code: "unavailable",
    message: "This project does not offer this: its Edge Function api is not deployed.",
    hint: "Its operator can deploy it.",
    retryable: false,
    cause: MISSING,
  });
}

const MISSING = Symbol("the function is missing");

function isMissing({ cause }: ZonedError): boolean {
  return cause === MISSING;
}

function unreachable(cause: unknown): ZonedError {
  return new ZonedError({
    code: "network",
    message: "The Edge Function api could not be reached.",
    hint: "Check your connection. If all else works, the function is not deployed, or does not know this page's address.",
    cause,
  });
}
