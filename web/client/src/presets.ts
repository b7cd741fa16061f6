import { answered, type CallOptions, type ZonedSupabase } from "./context.js";
import { checkedOptions } from "./exports.js";
import { type ExportFormat, type ExportOptions, type ExportPreset, presetOf } from "./model/export.js";
import { ROWS_AT_ONCE } from "./paging.js";

/**
 * Named choices of export format and options.
 *
 * @example
 * ```ts
 * import type { ZonedClient } from "@zoned/client";
 *
 * async function replaceAll({ presets }: ZonedClient) {
 *   for (const { id } of await presets.list()) await presets.delete(id);
 *   return presets.save({ name: "For search", format: "chunks", options: { max_tokens: 400, overlap: 40 } });
 * }
 * ```
 */
export interface Presets {
  /** All of the caller's, by name. */
  list(options?: CallOptions): Promise<ExportPreset[]>;
  /**
   * Keeps a choice under a name, in place of the one of that name if there is one.
   *
   * @example
   * ```ts
   * import type { ZonedClient } from "@zoned/client";
   *
   * async function keep(zoned: ZonedClient) {
   *   return zoned.presets.save({ name: "For search", format: "chunks", options: { max_tokens: 400 } });
   * }
   * ```
   */
  save(preset: {
    readonly name: string;
    readonly format: ExportFormat;
    readonly options?: ExportOptions;
  }): Promise<ExportPreset>;
  /** Forgets one. */
  delete(id: string): Promise<void>;
}

export function presetsOf(supabase: ZonedSupabase): Presets {
  return {
    async list(options) {
      const rows = await answered(
        supabase.from("export_presets").select("*").order("name").limit(ROWS_AT_ONCE),
        options,
      );
      return rows.map(presetOf);
    },
    async save({ name, format, options = {} }) {
      const row = await answered(
        supabase
          .from("export_presets")
          .upsert({ name, format, options: checkedOptions(options) }, { onConflict: "owner,name" })
          .select("*")
          .single(),
      );
      return presetOf(row);
    },
    async delete(id) {
      await answered(supabase.from("export_presets").delete().eq("id", id).select("id"));
    },
  };
}
