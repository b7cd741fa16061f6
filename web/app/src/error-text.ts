import { ZonedError } from "@zoned/client";

/** A failure in words: what went wrong and what to do. */
export function errorText(error: unknown): string {
  if (error instanceof ZonedError) return [error.message, error.hint].filter(Boolean).join(" ");
  return error instanceof Error && error.message
    ? error.message
    : "Something unexpected happened. Try again.";
}
