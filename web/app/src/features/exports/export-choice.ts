import type { ExportFormat, ExportOptions, ZoneKind } from "@zoned/client";
import { FORMATS } from "./formats";

export type Tokenizer = NonNullable<ExportOptions["tokenizer"]>;

/** What is chosen in the form. What a format has no use for is kept for another format. */
export interface ExportChoice {
  readonly format: ExportFormat;
  /** Empty: all. */
  readonly pages: string;
  /** Empty: all. */
  readonly kinds: readonly ZoneKind[];
  readonly minConfidence: number;
  /** Null: as is usual for the format. */
  readonly headersFooters: boolean | null;
  /** Of chunks: the most tokens one has. */
  readonly maxTokens: number;
  /** Of chunks: tokens repeated from the one before. */
  readonly overlap: number;
  /** Of chunks: what counts the tokens. */
  readonly tokenizer: Tokenizer;
  /** Of HTML: whether the pictures of figures are in it. */
  readonly pictures: boolean;
  /** Of HTML: the language of the text, such as `en`; empty: not said. */
  readonly language: string;
}

export const FIRST_CHOICE: ExportChoice = {
  format: "markdown",
  pages: "",
  kinds: [],
  minConfidence: 0,
  headersFooters: null,
  maxTokens: 512,
  overlap: 64,
  tokenizer: "o200k_base",
  pictures: false,
  language: "",
};

/** Whether headers and footers go in; null where only tables do. */
export function hasFurniture({ format, headersFooters }: ExportChoice): boolean | null {
  const usual = FORMATS[format].hasFurniture;
  return usual === null ? null : (headersFooters ?? usual);
}

/** Tokens repeated from the chunk before: half of what a chunk has at most. */
export function overlapOf({ maxTokens, overlap }: ExportChoice): number {
  return Math.max(0, Math.min(overlap, Math.floor(maxTokens / 2)));
}

/** Whether this is a language tag's form (RFC 5646, section 2.1); empty is none, and fine. */
export function isLanguage(text: string): boolean {
  return text === "" || /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(text);
}

/** The options of the request: only those that say something. */
export function optionsOf(choice: ExportChoice): ExportOptions {
  const { format, kinds, minConfidence, language } = choice;
  const pages = choice.pages.replace(/\s+/g, "");
  const furniture = hasFurniture(choice);
  const hasOnlyTables = furniture === null;
  return {
    ...(pages === "" ? {} : { pages }),
    ...(kinds.length === 0 || hasOnlyTables ? {} : { kinds }),
    ...(minConfidence === 0 ? {} : { min_confidence: minConfidence }),
    ...(hasOnlyTables || furniture === FORMATS[format].hasFurniture ? {} : { headers_footers: furniture }),
    ...(format === "chunks" ? chunkOptions(choice) : {}),
    ...(format === "html" && choice.pictures ? { images: "inline" as const } : {}),
    ...(format === "html" && language !== "" ? { language } : {}),
  };
}

function chunkOptions(choice: ExportChoice): ExportOptions {
  const { maxTokens, tokenizer } = choice;
  return {
    max_tokens: maxTokens,
    overlap: overlapOf(choice),
    ...(tokenizer === FIRST_CHOICE.tokenizer ? {} : { tokenizer }),
  };
}

/** A request's format and options, as what is chosen. */
export function choiceOf(format: ExportFormat, options: ExportOptions): ExportChoice {
  const first = FIRST_CHOICE;
  return {
    format,
    pages: options.pages ?? first.pages,
    kinds: options.kinds ?? first.kinds,
    minConfidence: options.min_confidence ?? first.minConfidence,
    headersFooters: options.headers_footers ?? first.headersFooters,
    maxTokens: options.max_tokens ?? first.maxTokens,
    overlap: options.overlap ?? first.overlap,
    tokenizer: options.tokenizer ?? first.tokenizer,
    pictures: options.images === "inline",
    language: options.language ?? first.language,
  };
}

/** What a request asks for beside its format, in words; null when it is everything. */
export function inWords(options: ExportOptions): string | null {
  const { kinds, headers_footers: furniture } = options;
  const parts = [
    options.pages && `pages ${options.pages.replaceAll(",", ", ")}`,
    kinds?.length && `${kinds.length} ${kinds.length === 1 ? "kind" : "kinds"}`,
    options.min_confidence && `${Math.round(options.min_confidence * 100)} % sure and more`,
    furniture === true && "with page headers and footers",
    furniture === false && "without page headers and footers",
    options.max_tokens && `up to ${options.max_tokens} tokens`,
    options.overlap && `${options.overlap} of them repeated`,
    options.tokenizer && `counted by ${options.tokenizer}`,
    options.images === "inline" && "with pictures",
    options.language && `in ${options.language}`,
  ].filter((part): part is string => typeof part === "string" && part !== "");
  return parts.length > 0 ? parts.join(", ") : null;
}
