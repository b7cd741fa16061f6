import type { ComponentProps } from "react";
import { classes } from "./classes";

/** How a field that is typed or chosen in looks. */
export const FIELD_DRESS =
  "w-full rounded-lg border border-line-strong bg-surface text-ink shadow-low placeholder:text-ink-subtle " +
  "focus-visible:border-accent focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-danger";

/** A line of text. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={classes(FIELD_DRESS, "h-8.5 px-3", className)} {...rest} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={classes(FIELD_DRESS, "px-3 py-2", className)} {...rest} />;
}
