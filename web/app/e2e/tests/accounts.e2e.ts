import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { type Login, makeAccount, newLogin, newSession } from "../harness/accounts";
import { closeBrowser, Visitor } from "../harness/browser";
import { inspectScreen } from "../harness/screens";
import { signIn } from "../harness/steps";

/** What the link in an e-mail leads to: a session in the address. */
async function linkOf(login: Login, type: "magiclink" | "recovery"): Promise<string> {
  const { access_token, refresh_token } = await newSession(inject("system").project, login);
  return `#${new URLSearchParams({ access_token, refresh_token, expires_in: "3600", token_type: "bearer", type })}`;
}

describe("accounts", () => {
  let visitor: Visitor;
  beforeEach(async () => {
    visitor = await Visitor.arrive();
  });
  afterEach(async (test) => {
    await visitor.leave(test);
  });
  afterAll(closeBrowser);

  it("are made by signing up, and lead into the library", async () => {
    const { page } = visitor;
    const { email, password } = newLogin("new");
    await page.goto("/");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { name: "Library" }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it("stay signed in over a reload, and bring one back to where one wanted to go", async () => {
    const { page } = visitor;
    const login = await makeAccount(inject("system").project, "back");
    await page.goto("/settings");
    await page.waitForURL("**/sign-in?from=%2Fsettings");
    await page.getByLabel("E-mail").fill(login.email);
    await page.getByLabel("Password", { exact: true }).fill(login.password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/settings");
    await page.reload();
    await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
    await page.getByRole("button", { name: "Account and settings" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to zoned" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in to zoned" }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it("are told in words what was wrong with a password", async () => {
    const { page } = visitor;
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").fill("nobody@example.com");
    await page.getByLabel("Password", { exact: true }).fill("wrong password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const alert = page.getByRole("alert").filter({ hasText: "do not match" });
    await alert.waitFor();
    await inspectScreen(page, "sign-in-refused", () => alert.waitFor());
  });

  it("cannot be made twice for one address", async () => {
    const { page } = visitor;
    const login = await makeAccount(inject("system").project, "twice");
    await page.goto("/sign-up");
    await page.getByLabel("E-mail").fill(login.email);
    await page.getByLabel("Password", { exact: true }).fill(login.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("There is an account with this e-mail address already").waitFor();
  });

  it("have screens that are accessible in both themes and fit a phone", async () => {
    const { page } = visitor;
    for (const [path, name, heading] of [
      ["/sign-in", "sign-in", "Sign in to zoned"],
      ["/sign-up", "sign-up", "Create your account"],
      ["/reset", "reset", "Reset your password"],
      ["/nowhere", "not-found", "There is nothing at this address"],
    ] as const) {
      await page.goto(path);
      await inspectScreen(page, name, () => page.getByRole("heading", { name: heading }).waitFor());
    }
    expect(visitor.complaints).toEqual([]);
  });

  it("can be entered with the keyboard alone", async () => {
    const { page } = visitor;
    const { email, password } = await makeAccount(inject("system").project, "keys");
    await page.goto("/sign-in");
    await page.getByLabel("E-mail").waitFor();
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Library" }).waitFor();
  });

  it("are entered by the link of an e-mail", async () => {
    const { page } = visitor;
    const login = await makeAccount(inject("system").project, "link");
    const asked: unknown[] = [];
    // The stand-in sends no e-mails: what the app asks for is looked at, and the link is made here.
    await page.route("**/auth/v1/otp*", (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill({ json: {} });
    });
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in by e-mail link instead" }).click();
    await page.getByLabel("E-mail").fill(login.email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByText("Look into your inbox").waitFor();
    expect(asked).toMatchObject([{ email: login.email, create_user: false }]);
    await inspectScreen(page, "sign-in-link", () => page.getByText("Look into your inbox").waitFor());
    await page.goto(`/${await linkOf(login, "magiclink")}`);
    await page.getByRole("heading", { name: "Library" }).waitFor();
    expect(page.url()).not.toContain("access_token");
  });

  it("get a new password by the link of an e-mail", async () => {
    const { page } = visitor;
    const login = await makeAccount(inject("system").project, "forgot");
    await page.route("**/auth/v1/recover*", (route) => route.fulfill({ json: {} }));
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgotten?" }).click();
    await page.getByRole("heading", { name: "Reset your password" }).waitFor();
    await page.getByLabel("E-mail").fill(login.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("Look into your inbox").waitFor();
    // A link in an e-mail opens a page of its own; from /reset it would only change the part after #.
    await page.goto("about:blank");
    await page.goto(`/reset${await linkOf(login, "recovery")}`);
    const heading = page.getByRole("heading", { name: "Choose a new password" });
    await heading.waitFor();
    await inspectScreen(page, "choose-password", () => heading.waitFor());
    const password = "another good password";
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("heading", { name: "Library" }).waitFor();
    const other = await Visitor.arrive();
    await signIn(other.page, { ...login, password });
    await other.leave();
  });

  it("end on one device without ending on another, or on all at once", async () => {
    const login = await makeAccount(inject("system").project, "two");
    await signIn(visitor.page, login);
    const other = await Visitor.arrive();
    await signIn(other.page, login);
    await other.page.goto("/settings");
    await other.page.getByRole("button", { name: "Sign out everywhere" }).click();
    await other.page.getByRole("heading", { name: "Sign in to zoned" }).waitFor();
    await other.leave();
    const stored = await visitor.page.evaluate(() => localStorage.getItem("zoned.session") ?? "{}");
    const { project } = inject("system");
    const refreshed = await fetch(`${project.url}/auth/v1/token?grant_type=refresh_token`, {
      method: "POST",
      headers: { apikey: project.publishableKey, "content-type": "application/json" },
      body: JSON.stringify({
        refresh_token: (JSON.parse(stored) as { refresh_token: string }).refresh_token,
      }),
    });
    expect(refreshed.status).toBe(400);
  });
});
