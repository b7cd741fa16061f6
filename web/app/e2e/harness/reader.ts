import type { Locator, Page } from "playwright-core";
import { Owner } from "./owner";
import { arriveSignedIn } from "./steps";

/** A reader on the screen. */
export class ReaderScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a document, and waits for its zones. */
  async open(documentId: string): Promise<void> {
    await this.page.goto(`/documents/${documentId}`);
    await this.ready();
  }

  /** Whichever pane is shown has zones, and the pages their pictures. */
  async ready(): Promise<void> {
    await this.page.locator("[data-zone], [data-zone-box]").first().waitFor();
    const pages = this.page.locator("[data-page]").first();
    if (await pages.isVisible()) await this.page.locator("[data-page] canvas").first().waitFor();
  }

  /** A zone among the content. */
  zone(id: string): Locator {
    return this.page.locator(`[data-zone="${id}"]`);
  }

  /** A zone's box on its page. */
  box(id: string): Locator {
    return this.page.locator(`[data-zone-box="${id}"]`);
  }

  /** Selects a zone by a click in the content, beside its text. */
  async select(id: string): Promise<void> {
    await this.zone(id).click({ position: { x: 4, y: 4 } });
    await this.page.locator(`[data-zone="${id}"][data-state="selected"]`).waitFor();
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: /^Text of the/ });
  }

  /** Replaces a zone's text and saves it. */
  async retype(id: string, text: string): Promise<void> {
    await this.select(id);
    await this.page.keyboard.press("Enter");
    await this.field.fill(text);
    await this.page.keyboard.press("Control+Enter");
    await this.field.waitFor({ state: "detached" });
  }

  async goTo(pageNumber: number): Promise<void> {
    await this.page.getByRole("textbox", { name: /^Page, of/ }).fill(String(pageNumber));
    await this.page.keyboard.press("Enter");
    await this.page.locator(`[data-page="${pageNumber}"]`).waitFor();
  }
}

/** Somebody with an account, on the screen and beside it. */
export async function arriveWithReader(name: string, options: Parameters<typeof arriveSignedIn>[1] = {}) {
  const visitor = await arriveSignedIn(name, options);
  const owner = await Owner.signIn(visitor.login);
  return { visitor, page: visitor.page, owner, reader: new ReaderScreen(visitor.page) };
}

/** Waits until a value is what is wanted; gives the last one. */
export async function eventually<Value>(
  read: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
  seconds = 60,
): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (isWanted(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
