import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";
import { Tooltip } from "./tooltip";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "children"> {
  /** What it does, for screen readers and in its tooltip. */
  label: string;
  /** Its shortcut, shown in the tooltip. */
  shortcut?: string;
  /** Of a toggle: whether it is on. */
  pressed?: boolean;
  size?: "small" | "medium";
  /** Off where the picture alone says enough: a tooltip takes the first Escape for itself. */
  tooltip?: boolean;
  children: ReactNode;
}

/** A button that is a picture alone. Its name is in the tooltip. */
export function IconButton(props: IconButtonProps) {
  const { label, shortcut, pressed, size = "medium", tooltip = true, className, children, ...rest } = props;
  const button = (
    <button
      type="button"
      aria-label={label}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      className={classes(
        "inline-flex shrink-0 items-center justify-center rounded-lg text-ink-muted transition-colors",
        "hover:bg-hover hover:text-ink active:bg-pressed disabled:pointer-events-none disabled:opacity-45",
        "aria-pressed:bg-accent-soft aria-pressed:text-accent",
        size === "small" ? "size-7 [&_svg]:size-3.75" : "size-8.5 [&_svg]:size-4.25",
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
  if (!tooltip) return button;
  return (
    <Tooltip label={label} {...(shortcut ? { shortcut } : {})}>
      {button}
    </Tooltip>
  );
}
