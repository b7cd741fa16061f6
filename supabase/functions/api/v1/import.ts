// A document from an address: fetched from the public internet only, and passed on to Storage as it comes.

import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { admitted } from "../platform/admission.ts";
import type { Env } from "../platform/context.ts";
import {
  importMaxBytes,
  importSeconds,
  namedHostsOnly,
  privateHosts,
  projectUrl,
} from "../platform/environment.ts";
import type { Incoming } from "../platform/http1.ts";
import { log } from "../platform/log.ts";
import { Problem } from "../platform/problem.ts";
import { send } from "../platform/public_http.ts";
import { callHeaders } from "../platform/supabase.ts";
import {
  BUCKET,
  createDocument,
  type DocumentRow,
  DocumentSchema,
  metadataSchema,
  nameSchema,
  UNPRINTABLE,
} from "./documents.ts";
import { PdfBytes } from "./pdf_bytes.ts";
import {
  answers,
  bearerSecurity,
  idempotencyHeader,
  json,
  problems,
  type Router,
  SIGNED_IN,
} from "./router.ts";

const MAX_REDIRECTS = 5;

const RequestSchema = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({
      format: "uri",
      description: "Where the PDF is: http or https, on the public internet.",
      example: "https://example.com/paper.pdf",
    }),
    name: nameSchema
      .optional()
      .openapi({ description: "What people call it; the last part of the address by default." }),
    metadata: metadataSchema.optional(),
  })
  .openapi("DocumentImport");

const route = createRoute({
  method: "post",
  path: "/documents:import",
  operationId: "importDocument",
  tags: ["Documents"],
  summary: "Make a document from a PDF at an address",
  security: bearerSecurity,
  middleware: admitted("imports"),
  request: { headers: idempotencyHeader, body: json(RequestSchema) },
  responses: {
    201: answers("The file is there and queued.", DocumentSchema),
    ...problems(400, 409, 413, ...SIGNED_IN),
  },
});

export function addImport(router: Router): void {
  router.openapi(route, async (c) => {
    const { url, name, metadata } = c.req.valid("json");
    const signal = AbortSignal.timeout(importSeconds() * 1000);
    const source = await fetchPdf(url, signal);
    const document = await createDocument(c, {
      name: name ?? nameIn(url),
      ...(metadata && { metadata }),
    }).catch(async (error) => {
      await source.stream.cancel();
      throw error;
    });
    try {
      await upload(c, document, source, signal);
    } catch (error) {
      await discard(c, document);
      throw error;
    }
    return c.json(DocumentSchema.parse({ ...document, status: "queued", byte_size: source.total }), 201);
  });
}

async function fetchPdf(url: string, signal: AbortSignal): Promise<PdfBytes> {
  const answer = await send(url, {
    method: "GET",
    headers: { accept: "application/pdf, application/octet-stream;q=0.5" },
    maxRedirects: MAX_REDIRECTS,
    signal,
    privateHosts: privateHosts(),
    namedHostsOnly: namedHostsOnly(),
    plainHttp: true,
  });
  try {
    if (answer.status !== 200) {
      throw new Problem(422, "address_unreachable", `The address answered with status ${answer.status}.`, {
        hint: "Give an address that answers with the PDF.",
      });
    }
    if (declaredLength(answer) > importMaxBytes()) {
      throw tooLarge();
    }
    return await PdfBytes.from(answer.body, importMaxBytes(), tooLarge);
  } catch (error) {
    await answer.body.cancel().catch(() => {});
    throw signal.aborted ? tooSlow() : error;
  }
}

function declaredLength(answer: Incoming): number {
  return Number(answer.headers.get("content-length") ?? 0);
}

/** As the caller, and under the caller's policies: the path is the document's. */
async function upload(
  c: Context<Env>,
  document: DocumentRow,
  source: PdfBytes,
  signal: AbortSignal,
): Promise<void> {
  const failed = (cause: unknown) => (signal.aborted ? tooSlow() : (source.failure ?? notStored(cause)));
  const answer = await fetch(`${projectUrl()}/storage/v1/object/${BUCKET}/${document.object_path}`, {
    method: "POST",
    headers: { ...callHeaders(c, c.get("caller").jwt), "content-type": "application/pdf" },
    body: source.stream,
    signal,
  }).catch((error) => {
    throw failed(error);
  });
  await answer.body?.cancel();
  if (!answer.ok) {
    throw failed(`status ${answer.status}`);
  }
}

function notStored(cause: unknown): Problem {
  return new Problem(503, "storage_unavailable", "The file could not be stored.", {
    hint: "Try again in a moment.",
    cause,
  });
}

/** Nothing stays of a document without a file. */
async function discard(c: Context<Env>, { id }: DocumentRow): Promise<void> {
  const { error } = await c.get("caller").client.from("documents").delete().eq("id", id);
  if (error !== null) {
    log("warn", "a document without a file stays until its upload expires", {
      request_id: c.get("requestId"),
      document_id: id,
    });
  }
}

function nameIn(url: string): string {
  const last =
    new URL(url).pathname
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "document.pdf";
  let decoded = last;
  try {
    decoded = decodeURIComponent(last);
  } catch {
    // It stays as it is.
  }
  const printable = Array.from(decoded.replace(UNPRINTABLE, " ")).slice(0, 255).join("").trim();
  return printable === "" ? "document.pdf" : printable;
}

function tooLarge(): Problem {
  return new Problem(413, "file_too_large", `The file is larger than ${importMaxBytes()} bytes.`, {
    hint: "Make a document and upload the file itself.",
  });
}

function tooSlow(): Problem {
  return new Problem(422, "address_too_slow", `The file did not come within ${importSeconds()} seconds.`, {
    hint: "Make a document and upload the file itself.",
  });
}
