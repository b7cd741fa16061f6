// Settings. The platform provides SUPABASE_*; ours are secrets of the functions (`supabase secrets set`).

function variable(name: string): string | undefined {
  return Deno.env.get(name)?.trim() || undefined;
}

function list(name: string): string[] {
  return (variable(name) ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function number(name: string, otherwise: number): number {
  const value = Number(variable(name) ?? otherwise);
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}

/** Where the project is for this function. */
export function projectUrl(): string {
  return (variable("SUPABASE_URL") ?? "http://127.0.0.1:54321").replace(/\/+$/, "");
}

/** Where the project is for callers, if that differs: ZONED_PUBLIC_URL. */
export function publicUrl(): string {
  return (variable("ZONED_PUBLIC_URL") ?? projectUrl()).replace(/\/+$/, "");
}

/** The key that opens the gateway and gives no rights of its own. */
export function publishableKey(): string {
  const named = variable("SUPABASE_PUBLISHABLE_KEYS");
  const key = named === undefined ? undefined : JSON.parse(named).default;
  return key ?? variable("SUPABASE_PUBLISHABLE_KEY") ?? variable("SUPABASE_ANON_KEY") ?? "";
}

/** Origins of pages that may call from a browser, comma-separated: ZONED_ALLOWED_ORIGINS. None by default. */
export function allowedOrigins(): string[] {
  return list("ZONED_ALLOWED_ORIGINS");
}

/** host or host:port that may be called though their addresses are private, comma-separated: ZONED_PRIVATE_HOSTS. */
export function privateHosts(): string[] {
  return list("ZONED_PRIVATE_HOSTS").map((host) => host.toLowerCase());
}

/** Whether those hosts are the only ones that may be called: ZONED_NAMED_HOSTS_ONLY=true, for closed networks. */
export function namedHostsOnly(): boolean {
  return variable("ZONED_NAMED_HOSTS_ONLY") === "true";
}

/** The largest file that is imported, in bytes: ZONED_IMPORT_MAX_BYTES. */
export function importMaxBytes(): number {
  return number("ZONED_IMPORT_MAX_BYTES", 512 * 1024 * 1024);
}

/** How long an import may take, in seconds: ZONED_IMPORT_SECONDS. The platform ends a request after 150. */
export function importSeconds(): number {
  return number("ZONED_IMPORT_SECONDS", 120);
}

/** A key that the project trusts for tokens, as JSON (JWK): ZONED_TOKEN_SIGNING_KEY. */
export function tokenSigningKey(): string | undefined {
  return variable("ZONED_TOKEN_SIGNING_KEY");
}
