/** Which Supabase project the app talks to. */
export interface ProjectConfig {
  /** The project's address, without a trailing slash. */
  supabaseUrl: string;
  /** The publishable (or anon) key: safe to show, row level security decides what it may do. */
  supabaseKey: string;
}

/** The app cannot know its project. The message says what to do. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

const REMEDY =
  'Put a file config.json beside index.html: {"supabaseUrl": "https://YOUR-PROJECT.supabase.co", "supabaseKey": "sb_publishable_…"}.';

/** Checks what config.json holds. Throws a ConfigError that says what is wrong. */
export function parseConfig(value: unknown): ProjectConfig {
  if (typeof value !== "object" || value === null)
    throw new ConfigError(`config.json is not an object. ${REMEDY}`);
  const { supabaseUrl, supabaseKey } = value as Record<string, unknown>;
  if (typeof supabaseUrl !== "string" || !URL.canParse(supabaseUrl) || !/^https?:/.test(supabaseUrl)) {
    throw new ConfigError(`config.json names no address of a Supabase project. ${REMEDY}`);
  }
  if (typeof supabaseKey !== "string" || supabaseKey === "") {
    throw new ConfigError(`config.json holds no publishable key. ${REMEDY}`);
  }
  if (supabaseKey.startsWith("sb_secret_")) {
    throw new ConfigError(
      "config.json holds a secret key, which every visitor can read. Put the publishable key there, and rotate the secret one.",
    );
  }
  return { supabaseUrl: supabaseUrl.replace(/\/+$/, ""), supabaseKey };
}

/** Fetches /config.json. Throws a ConfigError where there is none or it says nothing usable. */
export async function loadConfig(): Promise<ProjectConfig> {
  const response = await fetch("/config.json", { signal: AbortSignal.timeout(15_000) });
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  if (!response.ok || !isJson) throw new ConfigError(`There is no config.json. ${REMEDY}`);
  return parseConfig(await response.json().catch(() => null));
}
