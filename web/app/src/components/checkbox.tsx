import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { classes } from "./classes";

/** Chosen, not chosen, or some of it. Tie it to a label by its id, or give it an aria-label. */
export function Checkbox({ className, checked, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      {...(checked === undefined ? {} : { checked })}
      className={classes(
        // The pseudo-element makes the target 24 px without making the box larger.
        "relative inline-flex size-4.25 shrink-0 items-center justify-center rounded border border-line-strong bg-surface text-on-accent transition-colors",
        "before:absolute before:-inset-1.5 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent",
        "disabled:opacity-50",
        className,
      )}
      {...rest}
    >
      <Radix.Indicator>
        {checked === "indeterminate" ? (
          <Minus aria-hidden className="size-3.5" strokeWidth={3} />
        ) : (
          <Check aria-hidden className="size-3.5" strokeWidth={3} />
        )}
      </Radix.Indicator>
    </Radix.Root>
  );
}
