import type { Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { DESKTOP, LARGE, PHONE } from "../harness/browser";
import { daemonAtWork } from "../harness/daemon";
import { makePdf } from "../harness/pdf";
import { arriveWithReader, eventually } from "../harness/reader";
import { inspectScreen } from "../harness/screens";

daemonAtWork();

describe("what the reader shows", () => {
  let here: Awaited<ReturnType<typeof arriveWithReader>>;
  afterEach(async (test) => {
    await here.visitor.leave(test);
    expect(here.visitor.complaints).toEqual([]);
  });

  it("grows between two fingers, about the point between them", async () => {
    here = await arriveWithReader("pinch", { viewport: PHONE, touch: true });
    const { page, reader, owner } = here;
    const documentId = await owner.uploadFixture("paper.pdf");
    const [zone] = await owner.zones(documentId, "&page_number=eq.1&kind=eq.paragraph");
    if (!zone) throw new Error("there is no paragraph");
    await reader.open(documentId);
    const box = reader.box(zone.id);
    const before = await box.boundingBox();
    if (!before) throw new Error("the paragraph has no box");
    const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
    const fingers = await here.visitor.context.newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
      fingers.send("Input.dispatchTouchEvent", {
        type,
        touchPoints:
          type === "touchEnd"
            ? []
            : [
                { x: x - apart / 2, y, id: 0 },
                { x: x + apart / 2, y, id: 1 },
              ],
      });
    const grown = async (factor: number) => {
      const now = await eventually(
        () => box.boundingBox(),
        (bounds) => Math.abs((bounds?.width ?? 0) / before.width - factor) < 0.05,
      );
      expect((now?.width ?? 0) / before.width).toBeCloseTo(factor, 1);
      return now;
    };
    await touch("touchStart", 60);
    for (const apart of [75, 90, 105, 120]) await touch("touchMove", apart);
    const after = await grown(2);
    expect(Math.abs((after?.x ?? 0) + (after?.width ?? 0) / 2 - x)).toBeLessThan(12);
    expect(Math.abs((after?.y ?? 0) + (after?.height ?? 0) / 2 - y)).toBeLessThan(12);
    await touch("touchMove", 90);
    await grown(1.5);
    await touch("touchEnd", 0);
    // It is the pages that grow, not the screen.
    expect(await page.evaluate(() => window.visualViewport?.scale)).toBe(1);
  });

  it("says of a page that could not be read why, and has the others", async () => {
    here = await arriveWithReader("failed-page");
    const { page, reader, owner } = here;
    const documentId = await owner.upload("huge.pdf", makePdf({ pages: 3, title: "Huge", hugePage: 2 }));
    await owner.untilRead(documentId);
    const [failed] = await owner.rows<{ error: { message: string } }>(
      `pages?document_id=eq.${documentId}&error=not.is.null&select=error`,
    );
    const message = failed?.error.message ?? "";
    expect(message).not.toBe("");
    await reader.open(documentId);
    await page.getByRole("region", { name: "Page 1", exact: true }).getByText("Huge, section 1").waitFor();
    await reader.goTo(2);
    const told = `This page could not be read: ${message}`;
    await page.locator('[data-page="2"]').getByText(told).waitFor();
    await page.getByRole("region", { name: "Page 2", exact: true }).getByText(told).waitFor();
    await inspectScreen(page, "reader-failed-page", () => page.getByText(told).first().waitFor());
    await reader.goTo(3);
    await page.getByRole("region", { name: "Page 3", exact: true }).getByText("Huge, section 3").waitFor();
  });

  it("stays where it is when the window becomes larger or smaller", async () => {
    here = await arriveWithReader("resized");
    const { page, reader, owner } = here;
    const documentId = await owner.uploadFixture("paper.pdf");
    await reader.open(documentId);
    await reader.goTo(3);
    const [first] = await owner.zones(documentId, "&page_number=eq.3&order=reading_order");
    if (!first) throw new Error("page 3 has no zones");
    const inSight = async () => {
      const top = await reader.box(first.id).evaluate((box) => box.getBoundingClientRect().top);
      return top > 0 && top < (page.viewportSize()?.height ?? 0);
    };
    for (const size of [LARGE, DESKTOP]) {
      const width = await page.locator('[data-page="3"]').evaluate((frame) => frame.clientWidth);
      await page.setViewportSize(size);
      await eventually(
        () => page.locator('[data-page="3"]').evaluate((frame) => frame.clientWidth),
        (now) => now !== width,
      );
      expect(await eventually(inSight, (seen) => seen)).toBe(true);
      expect(await page.getByRole("textbox", { name: /^Page, of/ }).inputValue()).toBe("3");
    }
  });

  it("is accessible in both themes with its lists and menus open", async () => {
    here = await arriveWithReader("open");
    const { page, reader, owner } = here;
    const documentId = await owner.uploadFixture("paper.pdf");
    const [heading] = await owner.zones(documentId, "&kind=eq.heading");
    if (!heading) throw new Error("there is no heading");
    await reader.open(documentId);
    await reader.select(heading.id);
    await inspectOpen(page, "reader-kinds", { role: "combobox", name: "Kind" }, "option");
    await inspectOpen(page, "reader-zoom", { role: "button", name: /^Zoom:/ }, "menuitem");
    await inspectOpen(page, "reader-more", { role: "button", name: "More" }, "menuitem");
    await page.keyboard.press("e");
    await page.getByRole("dialog", { name: /^Export/ }).waitFor();
    await inspectOpen(page, "export-formats", { role: "combobox", name: "Format" }, "option");
  });
});

/** Looks at a screen with something open, which closes when the window changes. */
async function inspectOpen(
  page: Page,
  name: string,
  opener: { role: "combobox" | "button"; name: string | RegExp },
  item: "option" | "menuitem",
): Promise<void> {
  const first = page.getByRole(item).first();
  await inspectScreen(page, name, async () => {
    if (!(await first.isVisible())) await page.getByRole(opener.role, { name: opener.name }).click();
    await first.waitFor();
  });
  await page.keyboard.press("Escape");
  await first.waitFor({ state: "detached" });
}
