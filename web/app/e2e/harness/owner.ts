import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { type Login, newSession } from "./accounts";
import { ROOT } from "./process";

/** A zone as the database has it. */
export interface ZoneRow {
  id: string;
  page_number: number;
  kind: string;
  level: number | null;
  content: string;
  reading_order: number;
  revision: number;
  bbox_x: number;
  bbox_y: number;
  bbox_width: number;
  bbox_height: number;
  table: { rows: number; columns: number; cells: { row: number; column: number; content: string }[] } | null;
}

/** Somebody who uses the project without the app: what the tests compare the screen with, and "somebody else" in conflicts. */
export class Owner {
  private readonly headers: Record<string, string>;
  private readonly url: string;

  private constructor(url: string, key: string, token: string) {
    this.url = url;
    this.headers = { apikey: key, authorization: `Bearer ${token}` };
  }

  static async signIn(login: Login): Promise<Owner> {
    const { project } = inject("system");
    const { access_token: token } = await newSession(project, login);
    return new Owner(project.url, project.publishableKey, token);
  }

  /** Uploads a PDF; gives its document's id. */
  async upload(name: string, bytes: Buffer): Promise<string> {
    const created = await this.call("POST", "/rest/v1/rpc/create_document", {
      name,
      byte_size: bytes.length,
    });
    const { id, object_path: path } = (await created.json()) as { id: string; object_path: string };
    const sent = await fetch(`${this.url}/storage/v1/object/documents/${path}`, {
      method: "POST",
      headers: { ...this.headers, "content-type": "application/pdf" },
      body: new Uint8Array(bytes),
    });
    await accepted(sent);
    return id;
  }

  /** Uploads one of the repository's PDFs, and waits until it is read. */
  async uploadFixture(name: string): Promise<string> {
    const id = await this.upload(name, await readFile(join(ROOT, "tests/fixtures", name)));
    await this.untilRead(id);
    return id;
  }

  async untilRead(documentId: string, seconds = 120): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const [document] = await this.rows<{ status: string; error: unknown }>(
        `documents?id=eq.${documentId}&select=status,error`,
      );
      if (document?.status === "ready") return;
      if (document?.status === "failed" || Date.now() > deadline) {
        throw new Error(`The document was not read: ${JSON.stringify(document)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  /** Rows of a table; the query as PostgREST takes it. */
  async rows<Row>(query: string): Promise<Row[]> {
    const response = await this.call("GET", `/rest/v1/${query}`);
    return (await response.json()) as Row[];
  }

  /** The zones of a document in order; `filter` as PostgREST takes it. */
  zones(documentId: string, filter = ""): Promise<ZoneRow[]> {
    return this.rows<ZoneRow>(
      `zones?document_id=eq.${documentId}&order=page_number,reading_order,created_at${filter}`,
    );
  }

  async zone(id: string): Promise<ZoneRow | undefined> {
    const [zone] = await this.rows<ZoneRow>(`zones?id=eq.${id}`);
    return zone;
  }

  async editZone(id: string, change: Partial<ZoneRow>): Promise<void> {
    await this.call("PATCH", `/rest/v1/zones?id=eq.${id}`, change);
  }

  /** The bytes of an object in Storage. */
  async object(bucket: string, path: string): Promise<Buffer> {
    const response = await this.call("GET", `/storage/v1/object/authenticated/${bucket}/${path}`);
    return Buffer.from(await response.arrayBuffer());
  }

  private async call(method: string, path: string, body?: unknown): Promise<Response> {
    return accepted(
      await fetch(`${this.url}${path}`, {
        method,
        headers: { ...this.headers, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  }
}

async function accepted(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response;
}
