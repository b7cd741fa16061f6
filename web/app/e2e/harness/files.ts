import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { ROOT } from "./process";

export interface UploadFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** One of the PDFs of the repository's own tests. */
export async function fixture(name: string): Promise<UploadFile> {
  return { name, mimeType: "application/pdf", buffer: await readFile(join(ROOT, "tests/fixtures", name)) };
}

/** Chooses files by the dialog that the click opens. */
export async function chooseFiles(
  page: Page,
  files: UploadFile[] | string[],
  button = "Upload PDFs",
): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).first().click();
  await (await chooser).setFiles(files);
}

/** Drags files over the window; `drop` lets them go there. */
export async function dragFiles(page: Page, files: UploadFile[]): Promise<{ drop: () => Promise<void> }> {
  const transfer = await page.evaluateHandle(
    (dragged) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of dragged) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
      }
      return data;
    },
    files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, base64: buffer.toString("base64") })),
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  return { drop: () => page.dispatchEvent("body", "drop", { dataTransfer: transfer }) };
}
