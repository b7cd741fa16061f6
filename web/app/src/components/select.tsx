import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classes } from "./classes";
import { FIELD_DRESS } from "./input";
import { OVERLAY_DRESS } from "./overlay";

export interface SelectOption<Value extends string> {
  value: Value;
  label: string;
  icon?: ReactNode;
}

interface SelectProps<Value extends string> {
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  /** Its name for screen readers, where no label is tied to its id. */
  label?: string;
  id?: string;
  size?: "small" | "medium";
  disabled?: boolean;
  className?: string;
  "aria-describedby"?: string;
}

/**
 * While a list is open the rest of the page is hidden from screen readers; it must not have the focus either, which `inert` sees to
 * (WAI-ARIA 1.2, aria-hidden). Focusing what opened the list is possible again before it goes.
 */
function aloneInPage(list: HTMLElement | null): (() => void) | undefined {
  if (!list) return undefined;
  const others = [...document.body.children].filter(
    (element): element is HTMLElement =>
      element instanceof HTMLElement && !element.contains(list) && !element.inert,
  );
  for (const element of others) element.inert = true;
  return () => {
    for (const element of others) element.inert = false;
  };
}

/** One of a few. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, onValueChange, options, label, id, size = "medium", disabled, className } = props;
  return (
    <Radix.Root
      value={value}
      onValueChange={(chosen) => onValueChange(chosen as Value)}
      disabled={disabled ?? false}
    >
      <Radix.Trigger
        {...(id ? { id } : {})}
        {...(label ? { "aria-label": label } : {})}
        aria-describedby={props["aria-describedby"]}
        className={classes(
          "inline-flex items-center justify-between gap-2 whitespace-nowrap transition-colors hover:bg-hover disabled:opacity-60",
          size === "small"
            ? "h-7 rounded-md px-2 text-[0.929rem] text-ink-muted hover:text-ink"
            : classes(FIELD_DRESS, "h-8.5 px-3"),
          className,
        )}
      >
        <Radix.Value />
        <Radix.Icon>
          <ChevronDown aria-hidden className="size-3.5 text-ink-subtle" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          ref={aloneInPage}
          position="popper"
          sideOffset={4}
          className={classes(
            OVERLAY_DRESS,
            "max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) p-1",
          )}
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="relative flex h-7.5 cursor-default select-none items-center gap-2 rounded-md pr-3 pl-7 outline-none data-highlighted:bg-hover"
              >
                <Radix.ItemIndicator className="absolute left-2">
                  <Check aria-hidden className="size-3.5 text-accent" />
                </Radix.ItemIndicator>
                <Radix.ItemText>
                  <span className="inline-flex items-center gap-2">
                    {option.icon}
                    {option.label}
                  </span>
                </Radix.ItemText>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
