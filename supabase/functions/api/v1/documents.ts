// A ticket for an upload: the document, and where its file may be sent.

import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { admitted } from "../platform/admission.ts";
import type { Env } from "../platform/context.ts";
import { projectUrl, publicUrl } from "../platform/environment.ts";
import { accepted, Problem } from "../platform/problem.ts";
import {
  answers,
  bearerSecurity,
  idempotencyHeader,
  json,
  problems,
  type Router,
  SIGNED_IN,
  textSchema,
} from "./router.ts";

export const BUCKET = "documents";
const LARGEST_METADATA = 65_536;
const LONGEST_NAME = 255;
/** As the database has it: control characters, and the two separators that it counts among them. */
const CONTROLS = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029`;
export const UNPRINTABLE = new RegExp(`[${CONTROLS}]`, "g");
const PRINTABLE = new RegExp(`^[^${CONTROLS}]*$`);

export const nameSchema = textSchema(1, LONGEST_NAME).regex(PRINTABLE, "holds a control character");

export const metadataSchema = z
  .record(z.string(), z.unknown())
  .refine(
    (metadata) => new TextEncoder().encode(JSON.stringify(metadata)).length <= LARGEST_METADATA,
    "more than 64 KiB",
  )
  .refine(
    (metadata) => !JSON.stringify(metadata).includes("\\u0000"),
    "holds the character U+0000, which the database can't keep",
  )
  .openapi({
    type: "object",
    additionalProperties: true,
    description: "Anything of the owner's, up to 64 KiB.",
  });

const RequestSchema = z
  .strictObject({
    name: nameSchema.openapi({ description: "What people call it.", example: "paper.pdf" }),
    byte_size: z
      .int()
      .min(1)
      .max(5_368_709_120)
      .optional()
      .openapi({ description: "Size of the file in bytes." }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .openapi({ description: "SHA-256 of the file in hexadecimal." }),
    metadata: metadataSchema.optional(),
    upload_seconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .openapi({ description: "How long the upload may take; a day by default." }),
  })
  .openapi("NewDocument");

export const DocumentSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    status: z.enum(["awaiting_upload", "queued", "processing", "ready", "failed"]),
    object_path: z.string().openapi({ description: "Where its file belongs in bucket documents." }),
    byte_size: z.int().nullable(),
    created_at: z.iso.datetime({ offset: true }),
  })
  .openapi("Document");

const UploadSchema = z.object({
  method: z.enum(["PUT", "POST"]),
  url: z.url(),
  headers: z.record(z.string(), z.string()),
});

const TicketSchema = z
  .object({
    document: DocumentSchema,
    upload_expires_at: z.iso
      .datetime({ offset: true })
      .openapi({ description: "The file must be there by then." }),
    uploads: z.object({
      signed: UploadSchema.openapi({
        description:
          "Send the file in one request; the address needs no access token and works for two hours at most.",
      }),
      resumable: UploadSchema.openapi({
        description:
          "Begin an upload in parts by the TUS protocol; add your access token, Upload-Length, and parts of 6 MiB.",
      }),
    }),
  })
  .openapi("UploadTicket");

const route = createRoute({
  method: "post",
  path: "/documents",
  operationId: "createDocument",
  tags: ["Documents"],
  summary: "Make a document and get the targets for its upload",
  security: bearerSecurity,
  middleware: admitted(),
  request: { headers: idempotencyHeader, body: json(RequestSchema) },
  responses: {
    201: answers("Made; upload the file next.", TicketSchema),
    ...problems(400, 409, 413, ...SIGNED_IN),
  },
});

/** A row of `documents`, as far as it concerns us. */
export type DocumentRow = z.infer<typeof DocumentSchema> & { upload_expires_at: string };

export function addDocuments(router: Router): void {
  router.openapi(route, async (c) => {
    const document = await createDocument(c, c.req.valid("json"));
    const { client } = c.get("caller");
    const { data, error } = await client.storage.from(BUCKET).createSignedUploadUrl(document.object_path);
    if (error !== null) {
      throw new Problem(503, "storage_unavailable", "The upload could not be prepared.", {
        hint: "Try again in a moment.",
        cause: error,
      });
    }
    const { upload_expires_at } = document;
    const uploads = {
      signed: {
        method: "PUT" as const,
        url: data.signedUrl.replace(projectUrl(), publicUrl()),
        headers: { "content-type": "application/pdf" },
      },
      resumable: {
        method: "POST" as const,
        url: `${publicUrl()}/storage/v1/upload/resumable`,
        headers: tusHeaders(document),
      },
    };
    c.header("location", `${publicUrl()}/rest/v1/documents?id=eq.${document.id}`);
    return c.json({ document: DocumentSchema.parse(document), upload_expires_at, uploads }, 201);
  });
}

/** Made as the caller, so it is the caller's. */
export async function createDocument(c: Context<Env>, values: Record<string, unknown>): Promise<DocumentRow> {
  return accepted(await c.get("caller").client.rpc("create_document", values));
}

/** https://tus.io/protocols/resumable-upload: the metadata that Storage asks for. */
function tusHeaders({ object_path }: DocumentRow): Record<string, string> {
  const metadata = { bucketName: BUCKET, objectName: object_path, contentType: "application/pdf" };
  const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${btoa(value)}`);
  return { "tus-resumable": "1.0.0", "upload-metadata": pairs.join(",") };
}
