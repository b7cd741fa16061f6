import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classes } from "./classes";
import { OVERLAY_DRESS } from "./overlay";

interface PopoverProps {
  trigger: ReactNode;
  /** Its name for screen readers. */
  label: string;
  align?: "start" | "center" | "end";
  className?: string;
  children: ReactNode;
}

/** Something to look at or adjust beside the button that opens it. */
export function Popover({ trigger, label, align = "center", className, children }: PopoverProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={classes(
            OVERLAY_DRESS,
            "max-h-(--radix-popover-content-available-height) overflow-y-auto p-4 focus:outline-none",
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
