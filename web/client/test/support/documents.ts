import type { Document, ZonedClient } from "../../src/index";
import type { Daemon, DaemonZone } from "./daemon";
import { pdfFile } from "./pdf";

/** A document whose file has arrived. */
export async function uploaded(zoned: ZonedClient, name = "file.pdf"): Promise<Document> {
  return zoned.upload(pdfFile(2000, name), { checkDuplicates: false }).done;
}

/** A document that is ready, with these zones on its pages. */
export async function ready(
  zoned: ZonedClient,
  daemon: Daemon,
  pages: readonly (readonly DaemonZone[])[] = [[{ kind: "paragraph", content: "One." }]],
  name = "file.pdf",
): Promise<Document> {
  const document = await uploaded(zoned, name);
  await daemon.process(document.id, pages);
  return zoned.documents.get(document.id);
}
