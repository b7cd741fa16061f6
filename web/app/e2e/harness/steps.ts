import type { Page } from "playwright-core";
import { inject } from "vitest";
import { type Login, makeAccount } from "./accounts";
import { Visitor } from "./browser";

/** Signs in by password, from wherever the page is. */
export async function signIn(page: Page, { email, password }: Login): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Library" }).waitFor();
}

/** Somebody with an account, signed in, in the library. */
export async function arriveSignedIn(
  name: string,
  options: Parameters<typeof Visitor.arrive>[0] = {},
): Promise<Visitor & { login: Login }> {
  const login = await makeAccount(inject("system").project, name);
  const visitor = await Visitor.arrive(options);
  await signIn(visitor.page, login);
  return Object.assign(visitor, { login });
}
