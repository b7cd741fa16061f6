// The description of this version, and a page to read and try it that loads nothing from elsewhere.

import type { Context } from "hono";
import swaggerUiDirectory from "swagger-ui-dist/absolute-path.js";
import type { Env } from "../platform/context.ts";
import { publicUrl } from "../platform/environment.ts";
import { Problem } from "../platform/problem.ts";
import type { Router } from "./router.ts";

const ASSETS: Record<string, string> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

/** Nothing from elsewhere, whatever the page's own code would want; it may call this project. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>zoned API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<main id="docs"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#docs", validatorUrl: null, deepLinking: true, tryItOutEnabled: true });\n`;

export function addDocs(router: Router): void {
  router.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An access token of the project, or a personal API token.",
  });
  router.get("/openapi.json", (c) => c.json(description(router)));
  router.get("/docs", (c) => {
    c.header("content-security-policy", POLICY);
    return c.html(PAGE);
  });
  router.get("/docs/start.js", (c) =>
    c.body(START, 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
  router.get("/docs/:file", asset);
}

function description(router: Router) {
  return router.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "zoned API",
      version: "1.0.0",
      description:
        "What PostgREST and Storage can't do in one call. Everything else is the project's own REST API: see docs/api.md.",
      license: { name: "Apache-2.0" },
    },
    servers: [{ url: `${publicUrl()}/functions/v1/api/v1` }],
  });
}

async function asset(c: Context<Env>): Promise<Response> {
  const file = c.req.param("file") ?? "";
  const type = ASSETS[file];
  if (type === undefined) {
    throw new Problem(404, "no_such_route", "There is nothing at this path.", {
      hint: "The page is at /v1/docs.",
    });
  }
  const bytes = await Deno.readFile(`${swaggerUiDirectory()}/${file}`);
  return c.body(bytes, 200, { "content-type": type, "cache-control": "public, max-age=86400" });
}
