import { describe, expect, it } from "vitest";
import { daemonAtWork } from "../harness/daemon";
import { makePdf } from "../harness/pdf";
import { arriveWithReader } from "../harness/reader";

const PAGES = 2000;

daemonAtWork();

describe("a document of 2,000 pages", () => {
  it("takes no more memory after all of it was scrolled through than at the start, but for its zones", async () => {
    const { visitor, page, owner, reader } = await arriveWithReader("large");
    const bytes = makePdf({ pages: PAGES, title: "Large" });
    const documentId = await owner.upload("large.pdf", bytes);
    await owner.untilRead(documentId, 120);
    const session = await visitor.context.newCDPSession(page);
    const measure = async () => {
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      const { nodes } = await session.send("Memory.getDOMCounters");
      const pixels = await page.evaluate(() =>
        [...document.querySelectorAll("canvas")].reduce(
          (sum, canvas) => sum + canvas.width * canvas.height,
          0,
        ),
      );
      return { heap: usedSize / 1e6, nodes, pixels };
    };
    await reader.open(documentId);
    const before = await measure();
    const pane = page.getByRole("region", { name: /^Pages of/ });
    for (let step = 1; step <= 250; step += 1) {
      const shown = await pane.evaluate((element, share) => {
        element.scrollTop = (element.scrollHeight - element.clientHeight) * share;
        return new Promise<string | undefined>((resolve) =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              const { left, top } = element.getBoundingClientRect();
              const page = document.elementFromPoint(left + element.clientWidth / 2, top + 400);
              resolve(page?.closest<HTMLElement>("[data-page]")?.dataset["page"]);
            }),
          ),
        );
      }, step / 250);
      // On some of the stops its picture and its zones are waited for.
      if (step % 10 === 0 && shown) {
        await page.locator(`[data-page="${shown}"] canvas`).waitFor();
        await page.locator(`[data-page="${shown}"] [data-zone-box]`).first().waitFor();
      }
    }
    await page.locator(`[data-page="${PAGES}"] canvas`).waitFor();
    const after = await measure();
    process.stdout.write(`reader, ${PAGES} pages: ${JSON.stringify({ before, after })}\n`);
    expect(after.nodes).toBeLessThan(before.nodes + 1500);
    expect(after.heap).toBeLessThan(before.heap + 40);
    // A few pages of canvas at most are in the page; those kept beside it have a budget that is tested with them.
    expect(after.pixels).toBeLessThan(10_000_000);
    await visitor.leave();
    expect(visitor.complaints).toEqual([]);
  }, 240_000);

  it("is fetched in parts: of a large file only what is looked at", async () => {
    const { visitor, page, owner, reader } = await arriveWithReader("parts");
    const size = 24_000_000;
    const documentId = await owner.upload("padded.pdf", makePdf({ pages: 40, title: "Padded", padTo: size }));
    await owner.untilRead(documentId);
    let fetched = 0;
    page.on("response", async (response) => {
      if (!response.url().includes("source.pdf") || response.request().method() !== "GET") return;
      fetched += Number((await response.headerValue("content-length")) ?? size);
    });
    await reader.open(documentId);
    await reader.goTo(30);
    await page.locator('[data-page="30"] canvas').waitFor();
    expect(fetched).toBeGreaterThan(0);
    expect(fetched).toBeLessThan(size / 10);
    await visitor.leave();
    expect(visitor.complaints).toEqual([]);
  });

  it("shows what happens elsewhere soon after it happened", async () => {
    const { visitor, page, owner, reader } = await arriveWithReader("latency");
    const documentId = await owner.uploadFixture("paper.pdf");
    const zone = (await owner.zones(documentId)).find(({ kind }) => kind === "paragraph");
    if (!zone) throw new Error("there is no paragraph");
    await reader.open(documentId);
    const delays: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const text = `Seen at once, round ${round}.`;
      const seen = page.evaluate(
        ([id, wanted]) =>
          new Promise<number>((resolve) => {
            const look = () => {
              const shown = document
                .querySelector(`[data-zone="${id}"]`)
                ?.textContent?.includes(wanted ?? "");
              if (shown) requestAnimationFrame(() => resolve(Date.now()));
              else requestAnimationFrame(look);
            };
            look();
          }),
        [zone.id, text],
      );
      await owner.editZone(zone.id, { content: text });
      const written = Date.now();
      delays.push((await seen) - written);
    }
    delays.sort((one, other) => one - other);
    process.stdout.write(`edit answered → pixels: median ${delays[4]} ms, largest ${delays.at(-1)} ms\n`);
    expect(delays).toHaveLength(8);
    await visitor.leave();
    expect(visitor.complaints).toEqual([]);
  });
});
