// The versions side by side, and what they share: request ids, the log, browsers, errors.

import { Hono } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import type { Env } from "./platform/context.ts";
import { cors } from "./platform/cors.ts";
import { observed } from "./platform/observed.ts";
import { answerProblem, Problem } from "./platform/problem.ts";

/** Any router of ours; a version is mounted under its name. */
export type Version = Hono<Env>;

/**
 * The function: each version under `/api/NAME`, which callers reach as `/functions/v1/api/NAME`. A new version is one
 * more entry; the old ones stay as they are.
 */
export function createApi(versions: Record<string, Version>): Hono<Env> {
  // This router alone takes a colon within a path segment as itself: /documents:import.
  const api = new Hono<Env>({ router: new TrieRouter() });
  api.use(observed, cors());
  for (const [name, version] of Object.entries(versions)) {
    api.route(`/api/${name}`, version);
  }
  api.notFound((c) =>
    answerProblem(
      c,
      new Problem(404, "no_such_route", "There is nothing at this path.", { hint: "See openapi.json." }),
    ),
  );
  api.onError((error, c) => answerProblem(c, error));
  return api;
}
