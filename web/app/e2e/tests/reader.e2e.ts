import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Visitor } from "../harness/browser";
import { canHold, daemonAtWork } from "../harness/daemon";
import { chooseFiles, fixture } from "../harness/files";
import { makePdf } from "../harness/pdf";
import { inspectScreen } from "../harness/screens";
import { arriveSignedIn, ask, documentRow } from "../harness/steps";

interface StoredZone {
  id: string;
  content: string;
  revision: number;
}

describe("a document on its whole way", () => {
  const daemon = daemonAtWork();
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    visitor = await arriveSignedIn("reader");
    page = visitor.page;
    await chooseFiles(page, [await fixture("paper.pdf")]);
    await documentRow(page, "paper.pdf").getByText("Ready", { exact: true }).waitFor();
    await page.getByRole("link", { name: "paper.pdf" }).click();
    await content().first().waitFor();
  });
  afterEach(async (test) => {
    daemon().saves.open();
    await visitor.picture(test);
  });
  afterAll(async () => {
    await visitor.leave();
  });

  /** The zones as text, in reading order. */
  const content = (): Locator => page.locator("[data-zone]");
  const boxes = (): Locator => page.locator("[data-zone-box]");
  const paragraphs = (): Locator => page.getByRole("group", { name: /^Paragraph, / });

  async function stored(id: string): Promise<StoredZone | undefined> {
    const [zone] = await ask<StoredZone[]>(page, `/rest/v1/zones?id=eq.${id}&select=id,content,revision`);
    return zone;
  }

  /** Opens the editor on a paragraph; returns its zone's id. */
  async function editParagraph(index: number): Promise<string> {
    const block = paragraphs().nth(index);
    await block.click();
    await page.getByRole("button", { name: "Edit text" }).click();
    await page.getByRole("textbox", { name: "Text of the paragraph" }).waitFor();
    return (await page.locator("[data-zone][data-state=selected]").getAttribute("data-zone")) ?? "";
  }

  it("shows the pages with their zones, and the same as text beside them", async () => {
    await boxes().first().waitFor();
    expect(await content().count()).toBeGreaterThan(10);
    await page.locator("canvas").first().waitFor();
    await page.getByRole("heading", { name: "paper.pdf", level: 1 }).waitFor();
    const id = (await boxes().nth(3).getAttribute("data-zone-box")) ?? "";
    await boxes().nth(3).hover();
    await page.locator(`[data-zone="${id}"][data-state=hovered]`).waitFor();
    await boxes().nth(3).click();
    await page.locator(`[data-zone="${id}"][data-state=selected]`).waitFor();
    await inspectScreen(page, "reader", () => page.locator("canvas").first().waitFor(), { large: true });
    await page.keyboard.press("Escape");
    expect(visitor.complaints).toEqual([]);
  });

  it("edits text, takes it back and does it again, and keeps the history", async () => {
    const id = await editParagraph(1);
    const before = await stored(id);
    await page.getByRole("textbox", { name: "Text of the paragraph" }).fill("Corrected by hand.");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(`[data-zone="${id}"]`).getByText("Corrected by hand.").waitFor();
    await expect.poll(async () => (await stored(id))?.content).toBe("Corrected by hand.");
    await page.keyboard.press("Control+z");
    await expect.poll(async () => (await stored(id))?.content).toBe(before?.content);
    await page.keyboard.press("Control+Shift+z");
    await expect.poll(async () => (await stored(id))?.content).toBe("Corrected by hand.");
    await page.keyboard.press("h");
    const history = page.getByRole("dialog", { name: "History" });
    await history
      .getByText(/Changed: text/i)
      .first()
      .waitFor();
    await page.keyboard.press("Escape");
    await page.reload();
    await page.locator(`[data-zone="${id}"]`).getByText("Corrected by hand.").waitFor();
  });

  it("shows both versions when somebody else was faster, and keeps the one that is chosen", async () => {
    const id = await editParagraph(2);
    await page.getByRole("textbox", { name: "Text of the paragraph" }).fill("Mine, typed slowly.");
    await ask(page, `/rest/v1/zones?id=eq.${id}`, {
      method: "PATCH",
      body: JSON.stringify({ content: "Theirs, saved first." }),
    });
    await page.getByText(/This zone was changed elsewhere while you were editing/).waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "This zone was changed elsewhere" });
    const theirs = dialog.getByRole("region", { name: "Theirs, saved now" });
    await expect.poll(() => theirs.textContent()).toMatch(/Theirs.*saved.*first\./s);
    expect((await stored(id))?.content).toBe("Theirs, saved first.");
    await dialog.getByRole("button", { name: "Use mine" }).click();
    await expect.poll(async () => (await stored(id))?.content).toBe("Mine, typed slowly.");
    await page.locator(`[data-zone="${id}"]`).getByText("Mine, typed slowly.").waitFor();
  });

  it("shows an edit made elsewhere at once", async () => {
    const id = (await paragraphs().nth(3).getAttribute("data-zone")) ?? "";
    await ask(page, `/rest/v1/zones?id=eq.${id}`, {
      method: "PATCH",
      body: JSON.stringify({ content: "Written on another machine." }),
    });
    await page.locator(`[data-zone="${id}"]`).getByText("Written on another machine.").waitFor();
  });

  it("filters by kind, and lists its keys", async () => {
    await page.getByRole("button", { name: /^Zones/ }).click();
    const filter = page.getByRole("dialog", { name: "Which zones are shown" });
    await inspectScreen(page, "reader-filter", () => filter.waitFor());
    await paragraphs().first().waitFor();
    await filter.getByRole("checkbox", { name: "Paragraph" }).click();
    await expect.poll(() => paragraphs().count()).toBe(0);
    await filter.getByRole("checkbox", { name: "Paragraph" }).click();
    await paragraphs().first().waitFor();
    await page.keyboard.press("Escape");
    await filter.waitFor({ state: "detached" });
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.getByText("Next zone").waitFor();
    await inspectScreen(page, "reader-shortcuts", () => help.waitFor());
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
  });

  it("exports with live progress, and the file that is downloaded is the one that was made", async () => {
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Export paper.pdf" });
    await dialog.getByRole("button", { name: "Export as Markdown" }).click();
    await dialog.locator('[data-export][data-status="ready"]').waitFor();
    const coming = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Download" }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/^paper.*\.md$/);
    const bytes = await readFile(await download.path());
    const [row] = await ask<{ object_path: string; sha256: string; byte_size: number }[]>(
      page,
      "/rest/v1/exports?select=object_path,sha256,byte_size",
    );
    const object = await ask<Buffer>(page, `/storage/v1/object/authenticated/exports/${row?.object_path}`);
    expect(bytes.equals(object)).toBe(true);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(row?.sha256);
    expect(bytes.length).toBe(row?.byte_size);
    const text = bytes.toString();
    for (const edited of ["Corrected by hand.", "Mine, typed slowly.", "Written on another machine."])
      expect(text).toContain(edited);
    await page.keyboard.press("Escape");
  });

  it.skipIf(!canHold())("shows zones page by page while the document is still being read", async () => {
    await page.goto("/");
    const pages = 300;
    daemon().saves.hold(20);
    await chooseFiles(page, [
      { name: "growing.pdf", mimeType: "application/pdf", buffer: makePdf({ pages, title: "Growing" }) },
    ]);
    await documentRow(page, "growing.pdf").getByText(`of ${pages} pages`).waitFor();
    await page.getByRole("link", { name: "growing.pdf" }).click();
    await page.getByText(new RegExp(`of ${pages} pages read`)).waitFor();
    await content().first().waitFor();
    await boxes().first().waitFor();
    daemon().saves.open();
    await page.getByText(`of ${pages} pages read`).waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("Control+a");
    await page.keyboard.type(String(pages));
    await page.keyboard.press("Enter");
    await page.getByText(`Growing, section ${pages}`).first().waitFor();
    expect(await page.locator("canvas").count()).toBeLessThan(20);
  });
});
