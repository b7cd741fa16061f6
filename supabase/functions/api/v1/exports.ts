// The file of an export, by an address that works without a token for a minute.

import { createRoute, z } from "@hono/zod-openapi";
import { admitted } from "../platform/admission.ts";
import { projectUrl, publicUrl } from "../platform/environment.ts";
import { accepted, Problem } from "../platform/problem.ts";
import { bearerSecurity, idParam, problems, type Router, SIGNED_IN } from "./router.ts";

const SIGNED_SECONDS = 60;

const route = createRoute({
  method: "get",
  path: "/exports/{id}/download",
  operationId: "downloadExport",
  tags: ["Exports"],
  summary: "Download the file of an export",
  security: bearerSecurity,
  middleware: admitted(),
  request: { params: idParam },
  responses: {
    302: {
      description: "The file is at location, for a minute.",
      headers: z.object({ location: z.string().openapi({ format: "uri" }) }),
    },
    ...problems(404, 409, 410, ...SIGNED_IN),
  },
});

type ExportRow = {
  status: string;
  object_path: string;
  error: { message: string } | null;
  documents: { name: string };
};

export function addExports(router: Router): void {
  router.openapi(route, async (c) => {
    const { id } = c.req.valid("param");
    const { client } = c.get("caller");
    const row = accepted(
      await client
        .from("exports")
        .select("status, object_path, error, documents (name)")
        .eq("id", id)
        .maybeSingle<ExportRow>(),
    );
    if (row === null) {
      throw new Problem(404, "not_found", "There is no such export.", {
        hint: "List your exports to find its id.",
      });
    }
    requireReady(row);
    const signed = await client.storage
      .from("exports")
      .createSignedUrl(row.object_path, SIGNED_SECONDS, { download: fileName(row) });
    if (signed.error !== null) {
      throw new Problem(503, "storage_unavailable", "The download could not be prepared.", {
        hint: "Try again in a moment.",
        cause: signed.error,
      });
    }
    c.header("cache-control", "no-store");
    return c.redirect(signed.data.signedUrl.replace(projectUrl(), publicUrl()), 302);
  });
}

function requireReady({ status, error }: ExportRow): void {
  switch (status) {
    case "ready":
      return;
    case "expired":
      throw new Problem(410, "export_expired", "The export has expired.", {
        hint: "Ask for it again: request_export.",
      });
    case "failed":
      throw new Problem(409, "export_failed", error?.message ?? "The export failed.", {
        hint: "Retry its job, or ask for it again.",
      });
    default:
      throw new Problem(409, "export_not_ready", `The export is ${status}.`, {
        hint: "Wait until its status is ready.",
      });
  }
}

/** The document's name with the export's ending. */
function fileName({ object_path, documents }: ExportRow): string {
  const file = object_path.slice(object_path.lastIndexOf("/") + 1);
  return `${documents.name.replace(/\.pdf$/i, "")}${file.slice(file.indexOf("."))}`;
}
