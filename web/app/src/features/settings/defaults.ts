import { EXPORT_FORMATS, type ExportFormat, type Settings } from "@zoned/client";

/** What the user wants where nothing else is said. Kept with the account, under the key `defaults`. */
export interface Defaults {
  exportFormat: ExportFormat;
  /** Whether exports keep running headers, footers and page numbers. */
  headersFooters: boolean;
  /** Zones less sure than this are left out of exports at first, 0 to 1. */
  minConfidence: number;
  /** Whether a file is looked for in the library before it is sent. */
  checkDuplicates: boolean;
}

export const FIRST_DEFAULTS: Defaults = {
  exportFormat: "markdown",
  headersFooters: false,
  minConfidence: 0,
  checkDuplicates: true,
};

/** Reads the settings; what is missing or of no use there is as at first. */
export function defaultsOf(settings: Settings): Defaults {
  const kept = settings["defaults"];
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return FIRST_DEFAULTS;
  const { exportFormat, headersFooters, minConfidence, checkDuplicates } = kept as Record<string, unknown>;
  const first = FIRST_DEFAULTS;
  return {
    exportFormat: EXPORT_FORMATS.find((format) => format === exportFormat) ?? first.exportFormat,
    headersFooters: typeof headersFooters === "boolean" ? headersFooters : first.headersFooters,
    minConfidence:
      typeof minConfidence === "number" && minConfidence >= 0 && minConfidence <= 1
        ? minConfidence
        : first.minConfidence,
    checkDuplicates: typeof checkDuplicates === "boolean" ? checkDuplicates : first.checkDuplicates,
  };
}
