import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { classes } from "./classes";

/** On or off, at once. Tie it to a label by its id, or give it an aria-label. */
export function Switch({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={classes(
        "relative inline-flex h-6 w-10.5 shrink-0 items-center rounded-full bg-line-strong transition-colors data-[state=checked]:bg-accent disabled:opacity-50",
        className,
      )}
      {...rest}
    >
      <Radix.Thumb className="block size-4.5 translate-x-0.75 rounded-full bg-surface shadow-low transition-transform data-[state=checked]:translate-x-5.25" />
    </Radix.Root>
  );
}
