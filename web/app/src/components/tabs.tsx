import { Tabs as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { classes } from "./classes";

/** Views of one thing, one at a time. */
export const Tabs = Radix.Root;

export function TabList({ className, ...rest }: ComponentProps<typeof Radix.List>) {
  return <Radix.List className={classes("flex gap-1 border-line border-b", className)} {...rest} />;
}

export function Tab({ className, ...rest }: ComponentProps<typeof Radix.Trigger>) {
  return (
    <Radix.Trigger
      className={classes(
        "-mb-px inline-flex h-9 items-center gap-2 border-transparent border-b-2 px-2.5 font-medium text-ink-muted transition-colors",
        "hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink",
        className,
      )}
      {...rest}
    />
  );
}

export function TabPanel({ className, ...rest }: ComponentProps<typeof Radix.Content>) {
  return <Radix.Content className={classes("pt-4 outline-offset-4", className)} {...rest} />;
}
