// Errors as callers see them: problem details (RFC 9457) with a stable code and the id of the request.

import { z } from "@hono/zod-openapi";
import type { PostgrestError, PostgrestSingleResponse } from "@supabase/supabase-js";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Env } from "./context.ts";
import { log } from "./log.ts";

const TITLES: Record<number, string> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  410: "Gone",
  413: "Too large",
  415: "Unsupported media type",
  422: "Invalid input",
  429: "Too many requests",
  500: "Internal error",
  502: "Bad gateway",
  503: "Unavailable",
  504: "Timed out",
};

/** One fault of the input: where it is (`body`, `query`, `path`, `header`), as a JSON pointer below that, and what. */
export const FaultSchema = z
  .object({
    location: z.string(),
    pointer: z.string(),
    code: z.string(),
    detail: z.string(),
  })
  .openapi("Fault");

export const ProblemSchema = z
  .object({
    type: z.string().openapi({ description: "urn:zoned:problem: and the code." }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: "Stable; what a program decides by." }),
    detail: z.string(),
    hint: z.string().optional().openapi({ description: "What to do about it." }),
    request_id: z
      .string()
      .openapi({ description: "Names the request in the logs; also in header x-request-id." }),
    errors: z.array(FaultSchema).optional().openapi({ description: "Every fault of the input." }),
  })
  .openapi("Problem");

export type Fault = z.infer<typeof FaultSchema>;

type More = { hint?: string; errors?: Fault[]; headers?: Record<string, string>; cause?: unknown };

export class Problem extends Error {
  readonly hint: string | undefined;
  readonly errors: Fault[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    more: More = {},
  ) {
    super(detail, { cause: more.cause });
    this.hint = more.hint;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export function unauthenticated(detail: string, hint: string): Problem {
  return new Problem(401, "not_signed_in", detail, { hint, headers: { "www-authenticate": "Bearer" } });
}

/** What the database refused, with its code, message and hint; what it could not do is our failure. */
function refusedByDatabase(error: PostgrestError, status: number): Problem {
  if (status === 401) {
    return unauthenticated(
      error.message,
      "Sign in, or exchange a personal API token, and send the access token as Authorization: Bearer.",
    );
  }
  if (status >= 400 && status < 500) {
    return new Problem(status, codeOf(error), error.message, { hint: error.hint || undefined });
  }
  return new Problem(503, "database_unavailable", "The database did not answer.", {
    hint: "Try again in a moment.",
    cause: error,
  });
}

const CODES: Record<string, string> = {
  "22P05": "unsupported_text",
  "23503": "missing_reference",
  "23505": "duplicate",
  "23514": "invalid_value",
  "42501": "not_allowed",
  PT400: "invalid_value",
  PT403: "not_allowed",
  PT404: "not_found",
  PT409: "conflict",
  PT413: "quota_exceeded",
  PT429: "quota_exceeded",
};

function codeOf(error: PostgrestError): string {
  return CODES[error.code] ?? (error.code ? error.code.toLowerCase() : "refused");
}

/** What the database answered, unless it refused. */
export function accepted<T>(answer: PostgrestSingleResponse<T>): T {
  if (answer.error !== null) {
    throw refusedByDatabase(answer.error, answer.status);
  }
  return answer.data;
}

/** Answers any error; what nobody foresaw is logged, and told without its text. */
export function answerProblem(c: Context<Env>, error: unknown): Response {
  const problem = asProblem(error);
  if (problem.status >= 500) {
    const cause = problem.cause ?? error;
    log("error", "request failed", {
      request_id: c.get("requestId"),
      code: problem.code,
      cause: describe(cause),
    });
  }
  const body: z.infer<typeof ProblemSchema> = {
    type: `urn:zoned:problem:${problem.code}`,
    title: TITLES[problem.status] ?? "Error",
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    hint: problem.hint,
    request_id: c.get("requestId"),
    errors: problem.errors,
  };
  for (const [name, value] of Object.entries(problem.headers)) {
    c.header(name, value);
  }
  c.header("content-type", "application/problem+json");
  return c.newResponse(JSON.stringify(body), problem.status as 400);
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  if (error instanceof HTTPException && error.status < 500) {
    return new Problem(error.status, "malformed_request", error.message || "The request cannot be read.");
  }
  return new Problem(500, "internal", "Something went wrong on our side.", {
    hint: "Try again; if it stays, tell the operator the request_id.",
  });
}

function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : JSON.stringify(cause);
}
