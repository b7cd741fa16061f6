import type { ExportFormat, ExportOptions, ZoneKind } from "@zoned/client";

/** What is chosen in the form. */
export interface ExportChoice {
  readonly format: ExportFormat;
  /** Empty: all. */
  readonly pages: string;
  /** Empty: all. */
  readonly kinds: readonly ZoneKind[];
  readonly minConfidence: number;
  readonly headersFooters: boolean;
  /** Of chunks. */
  readonly maxTokens: number;
}

export const FIRST_CHOICE: ExportChoice = {
  format: "markdown",
  pages: "",
  kinds: [],
  minConfidence: 0,
  headersFooters: false,
  maxTokens: 512,
};

/** The options of the request: only those that say something. */
export function optionsOf(choice: ExportChoice): ExportOptions {
  const pages = choice.pages.replace(/\s+/g, "");
  return {
    ...(pages === "" ? {} : { pages }),
    ...(choice.kinds.length === 0 ? {} : { kinds: choice.kinds }),
    ...(choice.minConfidence === 0 ? {} : { min_confidence: choice.minConfidence }),
    ...(choice.headersFooters ? { headers_footers: true } : {}),
    ...(choice.format === "chunks" ? { max_tokens: choice.maxTokens } : {}),
  };
}

/** A request's format and options, as what is chosen. */
export function choiceOf(format: ExportFormat, options: ExportOptions): ExportChoice {
  return {
    format,
    pages: options.pages ?? FIRST_CHOICE.pages,
    kinds: options.kinds ?? FIRST_CHOICE.kinds,
    minConfidence: options.min_confidence ?? FIRST_CHOICE.minConfidence,
    headersFooters: options.headers_footers ?? FIRST_CHOICE.headersFooters,
    maxTokens: options.max_tokens ?? FIRST_CHOICE.maxTokens,
  };
}

/** What a request asks for beside its format, in words; null when it is everything. */
export function inWords(options: ExportOptions): string | null {
  const parts = [
    options.pages && `pages ${options.pages.replaceAll(",", ", ")}`,
    options.kinds?.length && `${options.kinds.length} ${options.kinds.length === 1 ? "kind" : "kinds"}`,
    options.min_confidence && `${Math.round(options.min_confidence * 100)} % sure and more`,
    options.headers_footers && "with page headers and footers",
    options.max_tokens && `up to ${options.max_tokens} tokens`,
  ].filter((part): part is string => typeof part === "string" && part !== "");
  return parts.length > 0 ? parts.join(", ") : null;
}
