import { createHmac } from "node:crypto";
import { createClient } from "@supabase/supabase-js";
import { inject } from "vitest";
import { WebSocket } from "ws";
import { createZonedClient, type Database, type ZonedClient, type ZonedClientOptions } from "../../src/index";

/** A person or a daemon's account. */
export interface Account {
  readonly email: string;
  readonly password: string;
}

function supabaseAt(url: string, key: string, fetch: typeof globalThis.fetch = globalThis.fetch) {
  return createClient<Database>(url, key, {
    auth: { persistSession: false },
    global: { fetch },
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
  });
}

/** Makes an account. */
export async function newAccount(appMetadata: Record<string, string> = {}): Promise<Account> {
  const { url, secretKey } = inject("project");
  const unique = crypto.randomUUID();
  const account = { email: `${unique.slice(0, 13)}@example.com`, password: unique };
  const { error } = await supabaseAt(url, secretKey).auth.admin.createUser({
    ...account,
    email_confirm: true,
    app_metadata: appMetadata,
  });
  if (error) throw error;
  return account;
}

/**
 * A supabase-js client that an account is signed in with: at the project's address when no other is given, over another
 * `fetch` if one is.
 */
export async function signedIn(
  account: Account,
  url: string = inject("project").url,
  fetch?: typeof globalThis.fetch,
) {
  const supabase = supabaseAt(url, inject("project").publishableKey, fetch);
  const { error } = await supabase.auth.signInWithPassword(account);
  if (error) throw error;
  return supabase;
}

/** A supabase-js client that nobody is signed in with. */
export function anonymous(url: string = inject("project").url) {
  return supabaseAt(url, inject("project").publishableKey);
}

/** A client of a new person. */
export async function newUser(
  options: ZonedClientOptions & { readonly url?: string } = {},
): Promise<ZonedClient> {
  const { url, ...clientOptions } = options;
  return createZonedClient(await signedIn(await newAccount(), url), clientOptions);
}

/** Waits until something is so; fails when it is not within 20 seconds. */
export async function eventually<Value>(
  what: string,
  look: () => Value | Promise<Value>,
  limit = 20_000,
): Promise<NonNullable<Value>> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await look();
    if (value) return value as NonNullable<Value>;
    if (Date.now() > end) throw new Error(`Not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A token like the given one that ends in so many seconds; undefined where the project does not tell its secret. */
export function shortLived(token: string, seconds: number): string | undefined {
  const { jwtSecret } = inject("project");
  if (!jwtSecret) return undefined;
  const [header = "", body = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  const now = Math.floor(Date.now() / 1000);
  const payload = Buffer.from(JSON.stringify({ ...claims, exp: now + seconds })).toString("base64url");
  const signature = createHmac("sha256", jwtSecret).update(`${header}.${payload}`).digest("base64url");
  return `${header}.${payload}.${signature}`;
}
