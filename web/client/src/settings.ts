import { answered, answeredMaybe, type CallOptions, type ZonedSupabase } from "./context.js";
import { type Json, type JsonObject, jsonObject, read } from "./model/json.js";

/** A user's settings: keys and values of the application's choice, at most 64 KiB. */
export type Settings = JsonObject;

/**
 * Settings, kept with the account.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function toggleTheme({ settings }: ZonedClient) {
 *   const { theme } = await settings.get();
 *   return settings.update({ theme: theme === "dark" ? "light" : "dark" });
 * }
 * ```
 */
export interface SettingsStore {
  /** All of them; empty at first. */
  get(options?: CallOptions): Promise<Settings>;
  /**
   * Sets the given keys and leaves the others; null removes one.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function darkTheme(zoned: ZonedClient) {
   *   return zoned.settings.update({ theme: "dark" });
   * }
   * ```
   */
  update(patch: Settings): Promise<Settings>;
}

/**
 * Where a user left off in each document.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function nextPage({ viewStates }: ZonedClient, documentId: string) {
 *   const { page } = await viewStates.get(documentId);
 *   await viewStates.save(documentId, { page: Number(page ?? 1) + 1 });
 * }
 * ```
 */
export interface ViewStates {
  /** The state kept for a document; empty at first. */
  get(documentId: string, options?: CallOptions): Promise<JsonObject>;
  /** Replaces the state kept for a document; at most 64 KiB. */
  save(documentId: string, state: JsonObject): Promise<void>;
}

export function settingsOf(supabase: ZonedSupabase): SettingsStore {
  return {
    async get(options) {
      const row = await answeredMaybe(
        supabase.from("user_settings").select("settings").maybeSingle(),
        options,
      );
      return row ? read(jsonObject, row.settings, "The settings") : {};
    },
    async update(patch) {
      const row = await answered(supabase.rpc("merge_settings", { patch: { ...patch } }));
      return read(jsonObject, row.settings, "The settings");
    },
  };
}

export function viewStatesOf(supabase: ZonedSupabase): ViewStates {
  return {
    async get(documentId, options) {
      const row = await answeredMaybe(
        supabase.from("view_states").select("state").eq("document_id", documentId).maybeSingle(),
        options,
      );
      return row ? read(jsonObject, row.state, "The view state") : {};
    },
    async save(documentId, state) {
      const value: { [key: string]: Json | undefined } = { ...state };
      await answered(
        supabase.from("view_states").upsert({ document_id: documentId, state: value }).select("document_id"),
      );
    },
  };
}
