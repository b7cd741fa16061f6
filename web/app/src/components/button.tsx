import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classes } from "./classes";
import { Spinner } from "./spinner";

type Look = "primary" | "secondary" | "ghost" | "danger";
type Size = "small" | "medium" | "large";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent shadow-low hover:bg-accent-strong",
  secondary: "border border-line-strong/60 bg-surface text-ink shadow-low hover:bg-hover active:bg-pressed",
  ghost: "text-ink-muted hover:bg-hover hover:text-ink active:bg-pressed",
  danger: "bg-danger text-on-danger shadow-low hover:bg-danger-strong",
};

const SIZES: Record<Size, string> = {
  small: "h-7 gap-1.5 rounded-md px-2.5 text-[0.929rem]",
  medium: "h-8.5 gap-2 rounded-lg px-3.5",
  large: "h-10 gap-2 rounded-lg px-4.5 text-[1.036rem]",
};

export interface ButtonProps extends ComponentProps<"button"> {
  look?: Look;
  size?: Size;
  /** Shows a spinner and ignores clicks; the button keeps its focus and its size. */
  busy?: boolean;
  /** Dresses the only child, such as a link, instead of making a button. */
  asChild?: boolean;
}

/** Something to press. */
export function Button({
  look = "secondary",
  size = "medium",
  busy,
  asChild,
  className,
  children,
  ...rest
}: ButtonProps) {
  const dress = classes(
    "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap font-medium transition-colors",
    "aria-disabled:opacity-60 disabled:opacity-50",
    LOOKS[look],
    SIZES[size],
    className,
  );
  if (asChild) {
    return (
      <Slot.Root className={dress} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={dress}
      {...rest}
      {...(busy
        ? { "aria-disabled": true, "aria-busy": true, onClick: (event) => event.preventDefault() }
        : {})}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}
