import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { daemonAtWork } from "../harness/daemon";
import { arriveWithReader } from "../harness/reader";
import { inspectScreen } from "../harness/screens";

interface ExportRow {
  id: string;
  format: string;
  options: Record<string, unknown>;
  object_path: string;
  byte_size: number;
  sha256: string;
}

daemonAtWork();

describe("exports", () => {
  let here: Awaited<ReturnType<typeof arriveWithReader>>;
  let documentId: string;
  beforeEach(async () => {
    here = await arriveWithReader("exports");
    documentId = await here.owner.uploadFixture("paper.pdf");
    await here.reader.open(documentId);
    await here.page.keyboard.press("e");
    await here.page.getByRole("dialog", { name: /^Export/ }).waitFor();
  });
  afterEach(async (test) => {
    await here.visitor.leave(test);
    expect(here.visitor.complaints).toEqual([]);
  });

  const exported = () =>
    here.owner.rows<ExportRow>(`exports?document_id=eq.${documentId}&order=created_at.desc`);
  const choose = async (field: string, option: string) => {
    await here.page.getByRole("combobox", { name: field }).click();
    await here.page.getByRole("option", { name: option, exact: true }).click();
  };

  it("are asked for, followed and downloaded, byte for byte", async () => {
    const { page, owner } = here;
    for (const [label, ending] of [
      ["Markdown", ".md"],
      ["JSON", ".json"],
      ["Excel", ".xlsx"],
      ["CSV", ".csv.zip"],
    ] as const) {
      await choose("Format", label);
      await page.getByRole("button", { name: `Export as ${label}` }).click();
      const row = page.getByRole("listitem").filter({ hasText: label }).first();
      const button = row.getByRole("button", { name: "Download" });
      await button.waitFor();
      const downloading = page.waitForEvent("download");
      await button.click();
      const download = await downloading;
      expect(download.suggestedFilename()).toBe(`paper${ending}`);
      const bytes = await readFile(await download.path());
      const [item] = await exported();
      expect(item?.byte_size).toBe(bytes.length);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(item?.sha256);
      expect(bytes.equals(await owner.object("exports", item?.object_path ?? ""))).toBe(true);
    }
    await inspectScreen(page, "export", () =>
      page.getByRole("button", { name: "Download" }).first().waitFor(),
    );
  });

  it("hold what was chosen, and nothing else", async () => {
    const { page, owner } = here;
    await page.getByRole("textbox", { name: "Pages", exact: true }).fill("2-3, 9");
    await page.getByText("3 pages").waitFor({ state: "detached" });
    await page.getByRole("textbox", { name: "Pages", exact: true }).fill("one");
    await page.getByText("Write pages like 1-3, 7, 12-.").waitFor();
    await page.getByRole("textbox", { name: "Pages", exact: true }).fill("2-3");
    await choose("Format", "JSON");
    await page.getByRole("button", { name: /^Kinds of zones/ }).click();
    await page.getByRole("checkbox", { name: "Heading" }).click();
    await page.keyboard.press("Escape");
    // The focus goes back to the button, and would be taken from the slider.
    await page
      .getByRole("button", { name: /^Kinds of zones/ })
      .and(page.locator(":focus"))
      .waitFor();
    const slider = page.getByRole("slider", { name: "Least confidence" });
    await slider.press("ArrowRight");
    await expect.poll(() => slider.getAttribute("aria-valuenow")).not.toBe("0");
    await page.getByRole("button", { name: "Export as JSON" }).click();
    await page.getByRole("button", { name: "Download" }).waitFor();
    const [item] = await exported();
    expect(item?.options).toEqual({ pages: "2-3", kinds: ["heading"], min_confidence: 0.05 });
    const written = JSON.parse((await owner.object("exports", item?.object_path ?? "")).toString()) as {
      pages: { page_number: number; zones: { kind: string }[] }[];
    };
    const zones = written.pages.flatMap((each) =>
      each.zones.map(({ kind }) => ({ page: each.page_number, kind })),
    );
    expect(zones.length).toBeGreaterThan(0);
    expect(
      zones.every(({ page: number, kind }) => kind === "heading" && (number === 2 || number === 3)),
    ).toBe(true);
  });

  it("have what only their format has: pictures in HTML, page headers in JSON unless they are left out", async () => {
    const { page, owner } = here;
    await choose("Format", "HTML");
    await page.getByRole("switch", { name: "Pictures of figures" }).click();
    await page.getByLabel("Language of the text").fill("english language");
    await page.getByText("Write a language like en, de or pt-BR.").waitFor();
    await page.getByLabel("Language of the text").fill("en");
    await inspectScreen(page, "export-html", () => page.getByLabel("Language of the text").waitFor());
    await page.getByRole("button", { name: "Export as HTML" }).click();
    await page.getByRole("button", { name: "Download" }).waitFor();
    const [html] = await exported();
    expect(html?.options).toEqual({ images: "inline", language: "en" });
    const written = (await owner.object("exports", html?.object_path ?? "")).toString();
    expect(written).toContain('<html lang="en"');
    expect(written).toContain("data:image/webp;base64,");

    await choose("Format", "JSON");
    const furniture = page.getByRole("switch", { name: "Page headers and footers" });
    expect(await furniture.isChecked()).toBe(true);
    await furniture.click();
    await page.getByRole("button", { name: "Export as JSON" }).click();
    await expect.poll(async () => (await exported())[0]?.options).toEqual({ headers_footers: false });
    await choose("Format", "Excel");
    await furniture.waitFor({ state: "detached" });
    expect(await page.getByRole("button", { name: /^Kinds of zones/ }).count()).toBe(0);
  });

  it("can be kept as presets, applied, and forgotten", async () => {
    const { page, owner } = here;
    await choose("Format", "Chunks");
    await page.getByLabel("Length of a chunk").fill("300");
    await page.getByLabel("Repeated").fill("30");
    await page.getByRole("button", { name: "Save as a preset" }).click();
    await page.getByLabel("Name").fill("For search");
    await page.getByRole("button", { name: "Save the preset" }).click();
    const preset = page.getByRole("button", { name: "Use the preset For search" });
    await preset.waitFor();
    expect(await owner.rows("export_presets?select=name,format,options")).toEqual([
      { name: "For search", format: "chunks", options: { max_tokens: 300, overlap: 30 } },
    ]);
    await page.reload();
    await here.reader.ready();
    await page.keyboard.press("e");
    await preset.click();
    await page.getByRole("button", { name: "Export as Chunks" }).waitFor();
    expect(await page.getByLabel("Length of a chunk").inputValue()).toBe("300");
    expect(await page.getByLabel("Repeated").inputValue()).toBe("30");
    await page.getByRole("button", { name: "Delete the preset For search" }).click();
    await preset.waitFor({ state: "detached" });
    expect(await owner.rows("export_presets?select=name")).toEqual([]);
  });

  it("are there in another window at once, and go when they are deleted", async () => {
    const { page, owner, visitor } = here;
    const other = await visitor.context.newPage();
    await other.goto(`/documents/${documentId}`);
    await other.locator("[data-zone]").first().waitFor();
    await other.keyboard.press("e");
    await other.getByText("None yet").waitFor();
    await page.getByRole("button", { name: "Export as Markdown" }).click();
    await other.getByRole("button", { name: "Download" }).waitFor();
    await page.getByRole("button", { name: "Delete this Markdown export" }).click();
    await page.getByText("None yet").waitFor();
    expect(await owner.rows(`exports?document_id=eq.${documentId}`)).toEqual([]);
  });
});
