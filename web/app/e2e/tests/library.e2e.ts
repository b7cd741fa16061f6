import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import type { Visitor } from "../harness/browser";
import { canHold, daemonAtWork } from "../harness/daemon";
import { chooseFiles, dragFiles, fixture } from "../harness/files";
import { ROOT } from "../harness/process";
import { inspectScreen } from "../harness/screens";
import { arriveSignedIn, ask, documentRow as row } from "../harness/steps";

describe("the library", () => {
  const daemon = daemonAtWork();
  let visitor: Visitor;
  afterEach(async (test) => {
    daemon().saves.open();
    await visitor.leave(test);
  });
  it("says at first what to do", async () => {
    visitor = await arriveSignedIn("first");
    const { page } = visitor;
    await inspectScreen(page, "library-empty", () =>
      page.getByRole("heading", { name: "Drop your first PDF here" }).waitFor(),
    );
    expect(visitor.complaints).toEqual([]);
  });

  it.skipIf(!canHold())("takes PDFs dropped anywhere, and shows live how they are processed", async () => {
    visitor = await arriveSignedIn("drop");
    daemon().saves.hold(20);
    const { page } = visitor;
    await page.locator('[data-connection="live"]').waitFor();
    const dragged = await dragFiles(page, [
      await fixture("long.pdf"),
      await fixture("paper.pdf"),
      await fixture("scan.pdf"),
    ]);
    await page.getByText("Drop PDFs to upload them").waitFor();
    await dragged.drop();
    await page.getByText("Drop PDFs to upload them").waitFor({ state: "detached" });
    await row(page, "long.pdf")
      .getByText(/of 57 pages/)
      .first()
      .waitFor();
    await page.screenshot({ path: join(ROOT, "out/screenshots/library-working.png") });
    daemon().saves.open();
    for (const name of ["long.pdf", "paper.pdf", "scan.pdf"]) {
      await row(page, name).getByText("Ready", { exact: true }).first().waitFor();
    }
    expect(await page.getByRole("region", { name: "Uploads" }).count()).toBe(0);
    await inspectScreen(page, "library", () => row(page, "long.pdf").waitFor(), { large: true });
    expect(visitor.complaints).toEqual([]);
  });

  it("refuses what is no PDF, and tells of one that cannot be read what to do", async () => {
    visitor = await arriveSignedIn("bad");
    const { page } = visitor;
    const mimeType = "application/pdf";
    const sent: string[] = [];
    page.on("request", (request) => request.url().includes("/upload/") && sent.push(request.url()));
    await chooseFiles(page, [{ name: "fake.pdf", mimeType, buffer: Buffer.from("This is a text.") }]);
    await row(page, "fake.pdf")
      .getByText(/not a PDF/i)
      .waitFor();
    expect(sent).toEqual([]);
    await chooseFiles(page, [await fixture("encrypted.pdf")]);
    await row(page, "encrypted.pdf")
      .getByText(/protected by a password; save a copy/)
      .waitFor();
    await inspectScreen(page, "library-failures", () => row(page, "fake.pdf").waitFor());
    await page.getByRole("button", { name: "Dismiss fake.pdf" }).click();
    await row(page, "fake.pdf").waitFor({ state: "detached" });
    await row(page, "encrypted.pdf")
      .getByRole("button", { name: /Actions/ })
      .click();
    await page.getByRole("menuitem", { name: "Try again" }).click();
    await row(page, "encrypted.pdf")
      .getByText(/protected by a password/)
      .waitFor();
  });

  it("knows a file that is there already, and sends it nonetheless when asked to", async () => {
    visitor = await arriveSignedIn("again");
    const { page } = visitor;
    await chooseFiles(page, [await fixture("form.pdf")]);
    await row(page, "form.pdf").getByText("Ready", { exact: true }).first().waitFor();
    await chooseFiles(page, [{ ...(await fixture("form.pdf")), name: "copy.pdf" }]);
    await row(page, "copy.pdf").getByText("The same file is here already as “form.pdf”.").waitFor();
    await page.getByRole("button", { name: "Upload anyway" }).click();
    await row(page, "copy.pdf").getByText("Ready", { exact: true }).first().waitFor();
  });

  it("finds, filters, sorts, renames and deletes with a way back", async () => {
    visitor = await arriveSignedIn("many");
    const { page } = visitor;
    await seed(page, ["Annual report.pdf", "Budget.pdf", "Contract.pdf", "Report of the board.pdf"]);
    await page.reload();
    await row(page, "Budget.pdf").waitFor();
    const names = () => page.locator("[data-row-link]").allTextContents();

    await page.keyboard.press("/");
    await page.keyboard.type("report");
    await row(page, "Budget.pdf").waitFor({ state: "detached" });
    expect((await names()).sort()).toEqual(["Annual report.pdf", "Report of the board.pdf"]);
    expect(page.url()).toContain("q=report");
    await page.getByRole("searchbox").fill("nothing like it");
    await page.getByRole("button", { name: "Show everything" }).click();
    await page.getByRole("button", { name: /^Sort by:/ }).click();
    await page.getByRole("menuitemradio", { name: "Name" }).click();
    await expect
      .poll(names)
      .toEqual(["Annual report.pdf", "Budget.pdf", "Contract.pdf", "Report of the board.pdf"]);
    await page.getByRole("button", { name: /change to descending/ }).click();
    await expect
      .poll(names)
      .toEqual(["Report of the board.pdf", "Contract.pdf", "Budget.pdf", "Annual report.pdf"]);
    await page.getByRole("button", { name: /^Show:/ }).click();
    await page.getByRole("menuitemradio", { name: "Failed" }).click();
    await page.getByText("Nothing matches").waitFor();
    await page.getByRole("button", { name: "Show everything" }).click();

    await row(page, "Budget.pdf")
      .getByRole("button", { name: /Actions/ })
      .click();
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    // The ending stays while the name is typed over.
    await page.getByRole("textbox", { name: "Name" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.type("Budget 2027");
    await page.keyboard.press("Enter");
    await row(page, "Budget 2027.pdf").waitFor();
    await expect.poll(names).toContain("Budget 2027.pdf");
    await page
      .getByRole("button", { name: "Actions for Budget 2027.pdf" })
      .and(page.locator(":focus"))
      .waitFor();

    await page.getByRole("checkbox", { name: "Select Annual report.pdf" }).click();
    await page.getByRole("checkbox", { name: "Select Contract.pdf" }).click({ modifiers: ["Shift"] });
    await page.getByText("3 documents selected").waitFor();
    await inspectScreen(page, "library-selection", () => row(page, "Contract.pdf").waitFor());
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(names).toEqual(["Report of the board.pdf"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(async () => (await names()).length).toBe(4);

    await page.getByRole("checkbox", { name: "Select Contract.pdf" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect.poll(() => count(page)).toBe(3);
    await page.reload();
    await row(page, "Budget 2027.pdf").waitFor();
    expect(await names()).not.toContain("Contract.pdf");
    expect(visitor.complaints).toEqual([]);
  });

  it("holds many documents and keeps only those in sight in the page", async () => {
    visitor = await arriveSignedIn("crowd");
    const { page } = visitor;
    await seed(
      page,
      Array.from({ length: 230 }, (_, index) => `Document ${String(index).padStart(3, "0")}.pdf`),
    );
    await page.goto("/?sort=name");
    await row(page, "Document 000.pdf").waitFor();
    const most = await page.locator("[data-document]").evaluateAll(
      (rows) =>
        new Promise<number>((resolve) => {
          const list = rows[0]?.closest("ul")?.parentElement;
          let largest = 0;
          // As far as there are rows: more of them come on the way.
          const scroll = () => {
            largest = Math.max(largest, document.querySelectorAll("[data-document]").length);
            if (document.querySelector('[aria-posinset="230"]')) resolve(largest);
            else {
              list?.scrollBy(0, 300);
              requestAnimationFrame(scroll);
            }
          };
          scroll();
        }),
    );
    await row(page, "Document 229.pdf").waitFor();
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThan(60);
  });

  it("is used with the keyboard alone, and lists its keys", async () => {
    visitor = await arriveSignedIn("keys");
    const { page } = visitor;
    await seed(page, ["One.pdf", "Two.pdf", "Three.pdf"]);
    await page.goto("/?sort=name");
    await row(page, "One.pdf").waitFor();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.getByText("Select the document").waitFor();
    await inspectScreen(page, "shortcuts", () => help.waitFor());
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 document selected").waitFor();
    expect(await page.getByRole("checkbox", { name: "Select Three.pdf" }).isChecked()).toBe(true);
    await page.keyboard.press("Delete");
    await row(page, "Three.pdf").waitFor({ state: "detached" });
    // The focus goes to what took the row's place.
    await page.locator("[data-row-link]:focus").waitFor();
    // F8 leads to what is told in the corner; from there Tab leads to its button.
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await page.keyboard.press("F8");
    for (let stop = 0; stop < 4; stop += 1) {
      if ((await page.evaluate(() => document.activeElement?.textContent)) === "Undo") break;
      await page.keyboard.press("Tab");
    }
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Undo");
    await page.keyboard.press("Enter");
    await row(page, "Three.pdf").waitFor();
  });

  it("opens its other screens accessibly: menu, rename, settings", async () => {
    visitor = await arriveSignedIn("screens");
    const { page } = visitor;
    await seed(page, ["A rather long name of a document that does not fit a phone however one turns it.pdf"]);
    await page.reload();
    await page.getByRole("button", { name: /Actions for/ }).click();
    await inspectScreen(page, "library-menu", () => page.getByRole("menuitem", { name: "Delete" }).waitFor());
    await page.keyboard.press("Escape");
    const sorting = page.getByRole("menuitemradio", { name: "Name" });
    await inspectScreen(page, "library-sorting", async () => {
      // A menu may close when the window changes.
      if (!(await sorting.isVisible())) await page.getByRole("button", { name: /^Sort by:/ }).click();
      await sorting.waitFor();
    });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    await inspectScreen(page, "library-rename", () => page.getByRole("dialog").waitFor());
    await page.keyboard.press("Escape");
    await page.goto("/settings");
    await inspectScreen(page, "settings", () => page.getByRole("heading", { name: "Connection" }).waitFor(), {
      large: true,
    });
    await page.getByRole("combobox", { name: "Export format" }).click();
    await page.getByRole("option", { name: "HTML" }).click();
    await page.getByRole("switch", { name: "Headers and footers in exports" }).click();
    const kept = async () =>
      (await ask<{ settings: object }[]>(page, "/rest/v1/user_settings?select=settings"))[0]?.settings;
    await expect.poll(kept).toMatchObject({ defaults: { exportFormat: "html", headersFooters: true } });
    await page.reload();
    await page.getByRole("combobox", { name: "Export format" }).filter({ hasText: "HTML" }).waitFor();
    expect(await page.getByRole("switch", { name: "Headers and footers in exports" }).isChecked()).toBe(true);
    await page.getByRole("radio", { name: "Dark" }).click();
    expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    await page.goto("/");
    await row(page, "A rather long name").waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it("shows nobody what belongs to somebody else", async () => {
    visitor = await arriveSignedIn("mine");
    const [id] = await seed(visitor.page, ["Secret.pdf"]);
    const other = await arriveSignedIn("other");
    await other.page.getByRole("heading", { name: "Drop your first PDF here" }).waitFor();
    expect(await ask(other.page, "/rest/v1/documents?select=name")).toEqual([]);
    await other.page.goto(`/documents/${id}`);
    await other.page
      .getByText(/no such document|not found|nothing at this address/i)
      .first()
      .waitFor();
    expect(await other.page.getByText("Secret.pdf").count()).toBe(0);
    await other.leave();
  });

  /** Documents without files, in the order of their names. */
  async function seed(page: Page, names: string[]): Promise<string[]> {
    const rows = names.map((name, index) => ({ name, byte_size: 1000 * (index + 1) }));
    const made = await ask<{ id: string }[]>(page, "/rest/v1/documents?select=id", {
      method: "POST",
      body: JSON.stringify(rows),
    });
    return made.map(({ id }) => id);
  }

  async function count(page: Page): Promise<number> {
    return (await ask<unknown[]>(page, "/rest/v1/documents?select=id")).length;
  }
});
