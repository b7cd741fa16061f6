import type { Locator, Page } from "playwright-core";
import { inject } from "vitest";
import { type Login, makeAccount, newSession } from "./accounts";
import { Visitor } from "./browser";

/** Signs in by password, from wherever the page is. */
export async function signIn(page: Page, { email, password }: Login): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Library" }).waitFor();
}

/** Somebody with an account, signed in on an earlier visit, in the library. */
export async function arriveSignedIn(
  name: string,
  options: Parameters<typeof Visitor.arrive>[0] = {},
): Promise<Visitor & { login: Login }> {
  const { project } = inject("system");
  const login = await makeAccount(project, name);
  const session = { name: "zoned.session", value: JSON.stringify(await newSession(project, login)) };
  const visitor = await Visitor.arrive({ ...options, session });
  await visitor.page.goto("/");
  await visitor.page.getByRole("heading", { name: "Library" }).waitFor();
  return Object.assign(visitor, { login });
}

/** The token by which the page's user is known to the project. */
export async function accessToken(page: Page): Promise<string> {
  const stored = await page.evaluate(() => localStorage.getItem("zoned.session") ?? "{}");
  return (JSON.parse(stored) as { access_token: string }).access_token;
}

/** What the project answers the page's user: a value for JSON, bytes for everything else. */
export async function ask<Answer>(page: Page, path: string, request: RequestInit = {}): Promise<Answer> {
  const { project } = inject("system");
  const response = await fetch(project.url + path, {
    ...request,
    headers: {
      apikey: project.publishableKey,
      authorization: `Bearer ${await accessToken(page)}`,
      ...(request.body ? { "content-type": "application/json", prefer: "return=representation" } : {}),
    },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const isJson = response.headers.get("content-type")?.includes("application/json") ?? false;
  return (isJson ? await response.json() : Buffer.from(await response.arrayBuffer())) as Answer;
}

/** The row of a document, or of its upload. */
export function documentRow(page: Page, name: string): Locator {
  return page.getByRole("main").getByRole("listitem").filter({ hasText: name });
}
