// Version 1: its routes and their description.

import { addDocs } from "./docs.ts";
import { addDocuments } from "./documents.ts";
import { addEvents } from "./events.ts";
import { addExports } from "./exports.ts";
import { addHealth } from "./health.ts";
import { addImport } from "./import.ts";
import { newRouter, type Router, refuseOtherMethods } from "./router.ts";
import { addTokens } from "./tokens.ts";
import { addWebhooks } from "./webhooks.ts";

export function v1(): Router {
  const router = newRouter();
  for (const add of [
    addHealth,
    addDocuments,
    addImport,
    addEvents,
    addExports,
    addTokens,
    addWebhooks,
    addDocs,
  ]) {
    add(router);
  }
  refuseOtherMethods(router);
  return router;
}
