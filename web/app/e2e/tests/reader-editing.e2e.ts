import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canHold, daemonAtWork } from "../harness/daemon";
import type { ZoneRow } from "../harness/owner";
import { arriveWithReader, eventually } from "../harness/reader";
import { inspectScreen } from "../harness/screens";

const daemon = daemonAtWork();

describe("the reader", () => {
  let here: Awaited<ReturnType<typeof arriveWithReader>>;
  let documentId: string;
  let zones: ZoneRow[];
  beforeEach(async () => {
    here = await arriveWithReader("reader");
    documentId = await here.owner.uploadFixture("paper.pdf");
    zones = await here.owner.zones(documentId, "&page_number=eq.1");
    await here.reader.open(documentId);
  });
  afterEach(async (test) => {
    daemon().saves.open();
    await here.visitor.leave(test);
    expect(here.visitor.complaints).toEqual([]);
  });

  const zoneOf = (kind: string, index = 0) => {
    const zone = zones.filter((each) => each.kind === kind)[index];
    if (!zone) throw new Error(`there is no ${kind}`);
    return zone;
  };
  const saved = (id: string, isWanted: (zone: ZoneRow | undefined) => boolean) =>
    eventually(() => here.owner.zone(id), isWanted);

  it("shows a zone in both panes when it is pointed at or selected in one", async () => {
    const { page, reader } = here;
    const { id } = zoneOf("paragraph", 1);
    await reader.zone(id).hover();
    await page.locator(`[data-zone-box="${id}"][data-state="hovered"]`).waitFor();
    await reader.box(zoneOf("heading").id).click();
    await page.locator(`[data-zone="${zoneOf("heading").id}"][data-state="selected"]`).waitFor();
    const far = (await here.owner.zones(documentId, "&page_number=eq.3")).at(-1);
    if (!far) throw new Error("page 3 has no zones");
    await reader.goTo(3);
    await reader.select(far.id);
    await eventually(
      () => reader.box(far.id).evaluate((box) => box.getBoundingClientRect().top),
      (top) => top > 90 && top < 800,
    );
    expect(await reader.box(far.id).evaluate((box) => box.getBoundingClientRect().top)).toBeLessThan(800);
  });

  it("keeps a selected zone in sight in the other pane, whatever its own still scrolls", async () => {
    const { page, reader } = here;
    const { id } = zoneOf("paragraph");
    await reader.zone(id).evaluate(async (block) => {
      block.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
      (block as HTMLElement).click();
      // As a wheel that is still turning does: the event comes with the next frame.
      const pane = block.closest("section[tabindex]");
      if (pane) pane.scrollTop = pane.scrollHeight;
      for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
    });
    await page.locator(`[data-zone-box="${id}"][data-state="selected"]`).waitFor();
    const inSight = (top: number) => top > 90 && top < 800;
    const top = () => reader.box(id).evaluate((box) => box.getBoundingClientRect().top);
    expect(inSight(await eventually(top, inSight))).toBe(true);
  });

  it("scrolls its panes in step", async () => {
    const { page } = here;
    const content = page.getByRole("region", { name: /^Content of/ });
    const pages = page.getByRole("region", { name: /^Pages of/ });
    const share = (pane: typeof content) =>
      pane.evaluate((element) => element.scrollTop / (element.scrollHeight - element.clientHeight));
    const bounds = await pages.boundingBox();
    await page.mouse.move((bounds?.x ?? 0) + 200, (bounds?.y ?? 0) + 200);
    /** Turns the wheel until the pane under the pointer is where it is wanted. */
    const turn = (by: number, pane: typeof content, isThere: (share: number) => boolean) =>
      eventually(async () => {
        await page.mouse.wheel(0, by);
        return share(pane);
      }, isThere);
    await turn(400, pages, (value) => value > 0.99);
    expect(
      await eventually(
        () => share(content),
        (value) => value > 0.95,
      ),
    ).toBeGreaterThan(0.95);
    await content.hover();
    await turn(-400, content, (value) => value < 0.01);
    expect(
      await eventually(
        () => share(pages),
        (value) => value < 0.05,
      ),
    ).toBeLessThan(0.05);
  });

  it("zooms about the pointer", async () => {
    const { page, reader } = here;
    const box = reader.box(zoneOf("paragraph").id);
    const before = await box.boundingBox();
    if (!before) throw new Error("the paragraph has no box");
    const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
    await page.mouse.move(x, y);
    await page.keyboard.down("Control");
    for (let turn = 0; turn < 4; turn += 1) await page.mouse.wheel(0, -50);
    await page.keyboard.up("Control");
    const after = await eventually(
      () => box.boundingBox(),
      (now) => (now?.width ?? 0) > before.width * 1.5,
    );
    expect(after?.width).toBeGreaterThan(before.width * 1.5);
    expect(Math.abs((after?.x ?? 0) + (after?.width ?? 0) / 2 - x)).toBeLessThan(12);
    expect(Math.abs((after?.y ?? 0) + (after?.height ?? 0) / 2 - y)).toBeLessThan(12);
    await page.keyboard.press("f");
    await eventually(
      () => page.locator('[data-page="1"]').evaluate((element) => element.getBoundingClientRect().height),
      (height) => height < 800,
    );
    expect(
      await page.locator('[data-page="1"]').evaluate((element) => element.getBoundingClientRect().height),
    ).toBeLessThan(800);
  });

  it("saves an edit, undoes and redoes it", async () => {
    const { page, reader } = here;
    const { id, content } = zoneOf("paragraph");
    await reader.retype(id, "Corrected by hand.");
    expect((await saved(id, (zone) => zone?.content === "Corrected by hand."))?.content).toBe(
      "Corrected by hand.",
    );
    await page.keyboard.press("Control+z");
    expect((await saved(id, (zone) => zone?.content === content))?.content).toBe(content);
    await reader.zone(id).getByText(content.slice(0, 30)).waitFor();
    await page.keyboard.press("Control+Shift+z");
    expect((await saved(id, (zone) => zone?.content !== content))?.content).toBe("Corrected by hand.");
    await reader.zone(id).getByText("Corrected by hand.").waitFor();
  });

  it("shows an edit made elsewhere at once, and does not undo over it", async () => {
    const { page, reader, owner } = here;
    const { id } = zoneOf("paragraph");
    await reader.retype(id, "Mine.");
    await saved(id, (zone) => zone?.content === "Mine.");
    await owner.editZone(id, { content: "Made elsewhere." });
    await reader.zone(id).getByText("Made elsewhere.").waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("Cannot undo").first().waitFor();
    expect((await owner.zone(id))?.content).toBe("Made elsewhere.");
  });

  it("asks which version stays when somebody else was faster", async () => {
    const { page, reader, owner } = here;
    const dialog = page.getByRole("dialog", { name: "This zone was changed elsewhere" });
    for (const [choice, left] of [
      ["Use mine", "My version."],
      ["Keep theirs", "Their version."],
    ] as const) {
      const { id } = zoneOf("paragraph", choice === "Use mine" ? 0 : 1);
      await reader.select(id);
      await page.keyboard.press("Enter");
      await reader.field.fill("My version.");
      await owner.editZone(id, { content: "Their version." });
      await page.getByText("This zone was changed elsewhere while you were editing").waitFor();
      await page.keyboard.press("Control+Enter");
      await dialog.getByRole("region", { name: "Theirs, saved now" }).getByText("Their").first().waitFor();
      await dialog.getByRole("region", { name: "Yours, not saved yet" }).getByText("My").first().waitFor();
      if (choice === "Use mine") await inspectScreen(page, "conflict", () => dialog.waitFor());
      await dialog.getByRole("button", { name: choice }).click();
      await dialog.waitFor({ state: "detached" });
      await reader.zone(id).getByText(left).waitFor();
      expect((await saved(id, (zone) => zone?.content === left))?.content).toBe(left);
    }
    // The refused request is what a conflict looks like on the wire; nothing else was complained about.
    expect(here.visitor.complaints.filter((complaint) => !complaint.includes("409"))).toEqual([]);
  });

  it("edits the cells of a table, merges and splits them, and adds rows", async () => {
    const { page, reader, owner } = here;
    const [table] = await owner.zones(documentId, "&kind=eq.table");
    if (!table?.table) throw new Error("there is no table");
    await reader.goTo(table.page_number);
    await reader.select(table.id);
    await page.keyboard.press("Enter");
    const grid = page.getByRole("grid", { name: "Cells" });
    await grid.locator('[tabindex="0"]').focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Row 2, column 1" }).fill("Harbour of old");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Shift+ArrowRight");
    await inspectScreen(page, "table", () => grid.waitFor());
    await page.getByRole("button", { name: "Merge the selected cells" }).click();
    await page.getByRole("button", { name: "Rows" }).click();
    await page.getByRole("menuitem", { name: "Insert below" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await grid.waitFor({ state: "detached" });
    const edited = await saved(table.id, (zone) => zone?.revision === table.revision + 1);
    expect(edited?.table?.rows).toBe(table.table.rows + 1);
    const at = (row: number, column: number) =>
      edited?.table?.cells.find((cell) => cell.row === row && cell.column === column);
    const before = table.table.cells.filter((cell) => cell.row === 2 && cell.column < 2);
    expect(at(1, 0)?.content).toBe("Harbour of old");
    expect(at(2, 0)).toMatchObject({
      column_span: 2,
      content: before.map((cell) => cell.content).join(" "),
    });
    expect(at(3, 0)?.content).toBe("");
    await reader.zone(table.id).getByRole("cell", { name: "Harbour of old" }).waitFor();
    await page.keyboard.press("Control+z");
    const undone = await saved(table.id, (zone) => zone?.table?.rows === table.table?.rows);
    expect(undone?.table).toEqual(table.table);
  });

  it("moves and sizes a box with the pointer", async () => {
    const { page, reader } = here;
    // A low box, such as a line of authors, has no handles at its corners.
    const zone = zones.find((each) => each.kind === "paragraph" && each.bbox_height > 40);
    if (!zone) throw new Error("there is no paragraph of several lines");
    await reader.select(zone.id);
    const scale = await reader
      .box(zone.id)
      .evaluate((box, width) => box.getBoundingClientRect().width / width, zone.bbox_width);
    const handle = await page.locator('[data-handle="se"]').boundingBox();
    if (!handle) throw new Error("there is no handle");
    await page.mouse.move(handle.x + 12, handle.y + 12);
    await page.mouse.down();
    await page.mouse.move(handle.x + 12 + 40 * scale, handle.y + 12 + 10 * scale, { steps: 4 });
    await page.mouse.up();
    const sized = await saved(zone.id, (now) => now?.revision === zone.revision + 1);
    expect(sized?.bbox_x).toBeCloseTo(zone.bbox_x, 1);
    expect(sized?.bbox_width).toBeCloseTo(zone.bbox_width + 40, 0);
    expect(sized?.bbox_height).toBeCloseTo(zone.bbox_height + 10, 0);
  });

  it("draws a zone and reads the text under it", async () => {
    const { page, reader, owner } = here;
    const heading = zoneOf("heading");
    const box = await reader.box(heading.id).boundingBox();
    if (!box) throw new Error("the heading has no box");
    await page.getByRole("button", { name: "Draw a zone" }).click();
    await page.getByText("Drag a box on the page").waitFor();
    await page.mouse.move(box.x - 4, box.y - 4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 4, box.y + box.height + 4, { steps: 4 });
    await page.mouse.up();
    const [drawn] = await eventually(
      () => owner.zones(documentId, "&origin=eq.user"),
      ([zone]) => zone?.content === heading.content,
    );
    expect(drawn?.content).toBe(heading.content);
    if (!drawn) return;
    await reader.zone(drawn.id).getByText(heading.content).waitFor();
    await page.getByRole("region", { name: "Selected zone" }).getByText("Drawn by you").waitFor();
    await page.keyboard.press("Control+z");
    await reader.zone(drawn.id).waitFor({ state: "detached" });
    expect(await saved(drawn.id, (zone) => zone === undefined)).toBeUndefined();
  });

  it.skipIf(!canHold())(
    "deletes a zone that is being read with what was read of it, and asks nothing",
    async () => {
      const { page, reader, owner } = here;
      const heading = zoneOf("heading");
      const box = await reader.box(heading.id).boundingBox();
      if (!box) throw new Error("the heading has no box");
      // The deletion is on its way while what was read arrives.
      let reading: ZoneRow | undefined;
      await page.route("**/rest/v1/zones?*", async (route) => {
        if (route.request().method() === "DELETE" && !reading) {
          daemon().saves.open();
          const [drawn] = await owner.zones(documentId, "&origin=eq.user");
          reading = await saved(drawn?.id ?? "", (zone) => zone?.revision === 2);
        }
        await route.continue();
      });
      daemon().saves.hold(0);
      await page.getByRole("button", { name: "Draw a zone" }).click();
      await page.getByText("Drag a box on the page").waitFor();
      await page.mouse.move(box.x - 4, box.y - 4);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width + 4, box.y + box.height + 4, { steps: 4 });
      await page.mouse.up();
      await page.getByRole("region", { name: "Selected zone" }).getByText("Being read").waitFor();
      await page.keyboard.press("Delete");
      await page.getByText("Zone deleted").first().waitFor();
      expect(reading?.content).toBe(heading.content);
      expect(await owner.zones(documentId, "&origin=eq.user")).toEqual([]);
      expect(await page.getByRole("dialog").count()).toBe(0);
      await page.keyboard.press("Control+z");
      await reader
        .zone(reading?.id ?? "")
        .getByText(heading.content)
        .waitFor();
    },
  );

  it("reads a zone again, and undoes that", async () => {
    const { page, reader } = here;
    const { id, content } = zoneOf("paragraph");
    await reader.retype(id, "Wrong.");
    await page.getByRole("button", { name: "Read this zone again" }).click();
    const read = await saved(id, (zone) => zone?.content !== "Wrong.");
    expect(read?.content.replace(/\s+/g, " ")).toBe(content.replace(/\s+/g, " "));
    await reader.zone(id).getByText(content.slice(0, 30)).waitFor();
    await page.keyboard.press("Control+z");
    await reader.zone(id).getByText("Wrong.").waitFor();
  });

  it("is as it was left when it is opened again", async () => {
    const { page, reader } = here;
    await reader.goTo(3);
    await page.getByRole("button", { name: "Larger" }).click();
    const zoom = await page.getByRole("button", { name: /^Zoom:/ }).textContent();
    await page.keyboard.press("t");
    await eventually(
      () =>
        here.owner.rows<{ state: { page?: number; zonesVisible?: boolean } }>(
          `view_states?document_id=eq.${documentId}`,
        ),
      ([kept]) => kept?.state.zonesVisible === false && kept.state.page === 3,
    );
    await page.reload();
    await page.locator('[data-page="3"] canvas').waitFor();
    expect(await page.getByRole("textbox", { name: /^Page, of/ }).inputValue()).toBe("3");
    expect(await page.getByRole("button", { name: /^Zoom:/ }).textContent()).toBe(zoom);
    expect(await page.locator("[data-zone-box]").count()).toBe(0);
  });

  it("can be used with the keyboard alone", async () => {
    const { page, reader, owner } = here;
    const keys = async (...pressed: string[]) => {
      for (const key of pressed) await page.keyboard.press(key);
    };
    const [first, second] = zones;
    if (!first || !second) throw new Error("there are too few zones");
    const isSelected = (id: string) => page.locator(`[data-zone="${id}"][data-state="selected"]`).waitFor();
    await keys("j");
    await isSelected(first.id);
    await keys("j");
    await isSelected(second.id);
    await keys("k");
    await isSelected(first.id);

    await keys("Enter");
    await reader.field.waitFor();
    await keys("Control+a");
    await page.keyboard.type("Typed.");
    await keys("Control+Enter");
    await reader.field.waitFor({ state: "detached" });
    expect((await saved(first.id, (zone) => zone?.content === "Typed."))?.content).toBe("Typed.");

    await keys("b");
    const focused = await eventually(
      () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""),
      (label) => label.startsWith("Box of"),
    );
    expect(focused).toMatch(/^Box of/);
    await keys("ArrowRight", "ArrowRight", "Shift+ArrowDown", "Alt+ArrowRight");
    // On a slow machine they may be saved one by one.
    const moved = await saved(first.id, (zone) => (zone?.bbox_width ?? 0) > first.bbox_width + 0.5);
    expect(moved?.bbox_x).toBeCloseTo(first.bbox_x + 2, 1);
    expect(moved?.bbox_y).toBeCloseTo(first.bbox_y + 10, 1);
    expect(moved?.bbox_width).toBeCloseTo(first.bbox_width + 1, 1);

    await keys("]");
    const order = await eventually(
      () => owner.zones(documentId, "&page_number=eq.1"),
      ([top]) => top?.id === second.id,
    );
    expect(order.map(({ id }) => id).slice(0, 2)).toEqual([second.id, first.id]);

    await keys("Escape", "d", "Enter");
    await page.locator('[role="group"][aria-label^="New zone"]:focus').waitFor();
    await keys("Shift+ArrowUp", "Alt+ArrowDown", "Enter");
    const drawn = await eventually(
      () => owner.zones(documentId, "&origin=eq.user"),
      (all) => all.length === 1,
    );
    expect(drawn).toHaveLength(1);

    // Once its text is read, and shown, nothing but the test changes it.
    const text =
      (await saved(drawn[0]?.id ?? "", (zone) => zone !== undefined && zone.content !== ""))?.content ?? "";
    expect(text).not.toBe("");
    await reader
      .zone(drawn[0]?.id ?? "")
      .getByText(text.split("\n")[0]?.slice(0, 20) ?? "")
      .first()
      .waitFor();
    await keys("Delete");
    expect(
      await eventually(
        () => owner.zones(documentId, "&origin=eq.user"),
        (all) => all.length === 0,
      ),
    ).toEqual([]);
    await keys("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await help.getByText("Later in the reading order").waitFor();
    // Its keys work once it has the focus.
    await help.and(page.locator(":focus, :has(:focus)")).waitFor();
    await keys("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await keys("g");
    await page.keyboard.type("4");
    await keys("Enter");
    await page.locator('[data-page="4"]').waitFor();
  });
});

describe("a document that cannot be shown", () => {
  it("says why: it could not be read, or it is not there", async () => {
    const { visitor, page, owner } = await arriveWithReader("failed");
    const documentId = await owner.upload("broken.pdf", Buffer.from("%PDF-1.7\nthis is no PDF at all"));
    await page.goto(`/documents/${documentId}`);
    const alert = page.getByRole("alert").filter({ has: page.getByRole("button", { name: "Try again" }) });
    await alert.waitFor();
    const [row] = await owner.rows<{ error: { message: string } }>(`documents?id=eq.${documentId}`);
    expect(await alert.textContent()).toContain(row?.error.message);
    await page.goto("/documents/00000000-0000-4000-8000-000000000000");
    await page.getByRole("heading", { name: "There is no such document" }).waitFor();
    await inspectScreen(page, "reader-not-found", () =>
      page.getByRole("heading", { name: "There is no such document" }).waitFor(),
    );
    await visitor.leave();
  });
});
