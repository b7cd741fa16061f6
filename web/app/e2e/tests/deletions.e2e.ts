import { afterAll, afterEach, describe, expect, inject, it } from "vitest";
import { makeAccount } from "../harness/accounts";
import { closeBrowser, Visitor } from "../harness/browser";
import { Owner } from "../harness/owner";
import { makePdf } from "../harness/pdf";
import { TcpProxy } from "../harness/proxy";
import { ask, documentRow, signIn } from "../harness/steps";

const { project } = inject("system");

describe("documents that are deleted elsewhere", () => {
  let visitor: Visitor;
  afterEach(async (test) => {
    await visitor.leave(test);
  });
  afterAll(closeBrowser);

  it("while a page is cut off vanish from its list once it is back, which is not read again for that", async () => {
    const login = await makeAccount(project, "deletions");
    const owner = await Owner.signIn(login);
    const [first, , third] = [
      await owner.upload("first.pdf", makePdf({ pages: 1, title: "first" })),
      await owner.upload("second.pdf", makePdf({ pages: 1, title: "second" })),
      await owner.upload("third.pdf", makePdf({ pages: 1, title: "third" })),
    ];
    const proxy = await TcpProxy.before(project.url);
    try {
      visitor = await Visitor.arrive({ supabaseUrl: proxy.url });
      const { page } = visitor;
      await signIn(page, login);
      await documentRow(page, "third.pdf").waitFor();
      const live = page.locator('[data-connection="live"]');
      await live.waitFor();

      proxy.cut();
      await page.locator('[data-connection]:not([data-connection="live"])').waitFor();
      const remove = (id: string) => ask(page, `/rest/v1/documents?id=eq.${id}`, { method: "DELETE" });
      await Promise.all([remove(first), remove(third)]);
      expect(await documentRow(page, "first.pdf").isVisible()).toBe(true);

      const lists: string[] = [];
      page.on("request", (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname === "/rest/v1/documents" && searchParams.has("order")) lists.push(request.url());
      });
      proxy.heal();
      await documentRow(page, "first.pdf").waitFor({ state: "detached" });
      await documentRow(page, "third.pdf").waitFor({ state: "detached" });
      expect(await documentRow(page, "second.pdf").isVisible()).toBe(true);
      await live.waitFor();
      expect(lists).toEqual([]);
    } finally {
      await proxy.close();
    }
  });
});
