import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { daemonAtWork } from "../harness/daemon";
import type { ZoneRow } from "../harness/owner";
import { arriveWithReader, eventually } from "../harness/reader";
import { inspectScreen } from "../harness/screens";

daemonAtWork();

describe("the history of zones", () => {
  let here: Awaited<ReturnType<typeof arriveWithReader>>;
  let documentId: string;
  let paragraph: ZoneRow;
  beforeEach(async () => {
    here = await arriveWithReader("history");
    documentId = await here.owner.uploadFixture("paper.pdf");
    const [found] = await here.owner.zones(documentId, "&page_number=eq.1&kind=eq.paragraph");
    if (!found) throw new Error("there is no paragraph");
    paragraph = found;
    await here.reader.open(documentId);
  });
  afterEach(async (test) => {
    await here.visitor.leave(test);
    expect(here.visitor.complaints).toEqual([]);
  });

  const saved = (id: string, isWanted: (zone: ZoneRow | undefined) => boolean) =>
    eventually(() => here.owner.zone(id), isWanted);

  it("restores a version, and brings back a deleted zone, from the history", async () => {
    const { page, reader } = here;
    const { id, content } = paragraph;
    await reader.retype(id, "Second version.");
    await saved(id, (zone) => zone?.revision === 2);
    await reader.retype(id, "Third version.");
    await saved(id, (zone) => zone?.revision === 3);
    await page.keyboard.press("h");
    const history = page.getByRole("dialog", { name: "History" });
    await inspectScreen(page, "history", () => history.getByRole("listitem").first().waitFor());
    await history.getByRole("listitem").last().getByRole("button", { name: "Restore this version" }).click();
    await history.waitFor({ state: "detached" });
    expect((await saved(id, (zone) => zone?.revision === 4))?.content).toBe(content);

    await reader.select(id);
    await page.keyboard.press("Delete");
    await reader.zone(id).waitFor({ state: "detached" });
    expect(await saved(id, (zone) => zone === undefined)).toBeUndefined();
    await page.keyboard.press("h");
    await history.getByRole("listitem").filter({ hasText: "Deleted" }).getByRole("button").click();
    await reader.zone(id).getByText(content.slice(0, 30)).waitFor();
    expect((await saved(id, (zone) => zone !== undefined))?.content).toBe(content);
  });

  it("brings back what each kind of edit has changed, and says whose edit it was", async () => {
    const { page, reader, owner } = here;
    const before = paragraph;
    const [table] = await owner.zones(documentId, "&kind=eq.table");
    if (!table?.table) throw new Error("there is no table");
    await reader.select(before.id);
    for (const change of [
      { kind: "heading", level: 2 },
      { bbox_x: before.bbox_x + 5 },
      { reading_order: before.reading_order + 7 },
      { content: "Changed." },
    ])
      await owner.editZone(before.id, change);
    await reader.zone(before.id).getByText("Changed.").waitFor();
    await page.getByRole("button", { name: "Read this zone again" }).click();
    await saved(before.id, (zone) => zone?.revision === 6);
    await page.keyboard.press("h");
    const history = page.getByRole("dialog", { name: "History" });
    const edits = history.getByRole("listitem");
    await edits.nth(4).waitFor();
    const told = (await edits.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
    expect(told).toEqual([
      expect.stringMatching(/^Changed: .*text.* by the engine/),
      expect.stringMatching(/^Changed: text .* by you/),
      expect.stringMatching(/^Changed: place in the order .* by you/),
      expect.stringMatching(/^Changed: box .* by you/),
      expect.stringMatching(/^Changed: kind .* by you/),
    ]);
    await inspectScreen(page, "history-edits", () => edits.nth(4).waitFor());
    await edits.nth(4).getByRole("button", { name: "Restore this version" }).click();
    await history.waitFor({ state: "detached" });
    expect(await saved(before.id, (zone) => zone?.revision === 7)).toMatchObject({
      kind: before.kind,
      content: before.content,
      bbox_x: before.bbox_x,
      bbox_width: before.bbox_width,
      reading_order: before.reading_order,
    });

    await reader.goTo(table.page_number);
    await reader.select(table.id);
    const cells = table.table.cells.map((cell) => ({ ...cell, content: cell.content.toUpperCase() }));
    await owner.editZone(table.id, { table: { ...table.table, cells } });
    await reader.zone(table.id).getByText("HARBOUR").waitFor();
    await page.keyboard.press("h");
    await edits.first().getByRole("button", { name: "Restore this version" }).click();
    await history.waitFor({ state: "detached" });
    expect((await saved(table.id, (zone) => zone?.revision === table.revision + 2))?.table).toEqual(
      table.table,
    );
  });
});
