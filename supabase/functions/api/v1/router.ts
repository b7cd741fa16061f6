// What every route of a version is made with.

import { OpenAPIHono, z } from "@hono/zod-openapi";
import { TrieRouter } from "hono/router/trie-router";
import type { Env } from "../platform/context.ts";
import { answerProblem, type Fault, Problem, ProblemSchema } from "../platform/problem.ts";

export type Router = OpenAPIHono<Env>;

/** A router that answers invalid input with all its faults. */
export function newRouter(): Router {
  return new OpenAPIHono<Env>({
    router: new TrieRouter(),
    defaultHook: (result, c) => {
      if (!result.success) {
        const location = { json: "body", param: "path" }[result.target as string] ?? result.target;
        const errors: Fault[] = result.error.issues.flatMap((issue) =>
          faultPaths(issue).map((path) => ({
            location,
            pointer: path.map((part) => `/${String(part).replace(/~/g, "~0").replace(/\//g, "~1")}`).join(""),
            code: issue.code ?? "invalid",
            detail: issue.message,
          })),
        );
        return answerProblem(
          c,
          new Problem(422, "invalid_input", "The input is not valid.", { hint: "See errors.", errors }),
        );
      }
    },
  });
}

/** Keys that should not be there are a fault each. */
function faultPaths(issue: z.core.$ZodIssue): PropertyKey[][] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

/** Answers 405 to methods that a path does not have. To be called after the routes. */
export function refuseOtherMethods(router: Router): void {
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of router.routes.filter(({ method }) => method !== "ALL")) {
    methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, known] of methods) {
    const allow = [...known, ...(known.has("GET") ? ["HEAD"] : [])].join(", ");
    router.all(path, (c) =>
      answerProblem(
        c,
        new Problem(405, "method_not_allowed", `This path has no ${c.req.method}.`, {
          hint: `It has ${allow}.`,
          headers: { allow },
        }),
      ),
    );
  }
}

const DESCRIPTIONS: Record<number, string> = {
  400: "The body is no JSON, or the database finds it invalid.",
  401: "No access token, or one that is not valid.",
  403: "The caller may not do this.",
  404: "There is no such thing, or it is somebody else's.",
  409: "Not possible in the present state, or the first request with this Idempotency-Key is not over.",
  410: "It has expired.",
  413: "The file is too large, or the quota is used up.",
  422: "The input is not valid; errors lists every fault.",
  429: "Too many requests; retry-after says when to ask again.",
  503: "A service behind this one does not answer.",
};

const headers = z.object({
  "x-request-id": z.string().openapi({ description: "Names the request in the logs." }),
});

/** The refusals a route may answer with. */
export function problems<Status extends number>(...statuses: Status[]) {
  const content = { "application/problem+json": { schema: ProblemSchema } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: DESCRIPTIONS[status] ?? "Refused.", headers, content }]),
  ) as Record<Status, { description: string; headers: typeof headers; content: typeof content }>;
}

/** What any route for signed-in callers may answer. */
export const SIGNED_IN = [401, 403, 422, 429, 503] as const;

/** A JSON body that must be there. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}

/** An answer in JSON. */
export function answers<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, headers, content: { "application/json": { schema } } };
}

export const bearerSecurity = [{ bearer: [] }];

export const idParam = z.object({ id: z.uuid() });

/** The header of requests that may be repeated. */
export const idempotencyHeader = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[!-~]{1,255}$/)
    .optional()
    .openapi({
      description:
        "Sent again with the same request within a day, it is answered as the first time and nothing is done twice.",
    }),
});

/** A whole number from 0 in a header or a query, where everything is text. */
export function wholeNumber(maximum: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, "a whole number from 0")
    .transform(Number)
    .pipe(z.number().max(maximum))
    .openapi({ type: "integer", minimum: 0, maximum });
}

/** Text whose length is counted in characters, as the database and JSON Schema count it, not in UTF-16 units. */
export function textSchema(minimum: number, maximum: number) {
  return z
    .string()
    .refine((text) => {
      const length = [...text].length;
      return length >= minimum && length <= maximum;
    }, `must have ${minimum} to ${maximum} characters`)
    .openapi({ minLength: minimum, maxLength: maximum });
}
