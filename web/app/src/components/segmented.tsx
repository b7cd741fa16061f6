import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import { classes } from "./classes";

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
  className?: string;
}

/** One of two to four, all in sight. */
export function Segmented<Value extends string>({
  label,
  value,
  onValueChange,
  options,
  className,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(chosen) => chosen && onValueChange(chosen as Value)}
      className={classes("inline-flex rounded-lg bg-sunken p-0.5 ring-1 ring-line ring-inset", className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className={classes(
            "inline-flex h-7.5 flex-1 items-center justify-center gap-1.5 whitespace-nowrap rounded-md px-3 text-ink-muted transition-colors hover:text-ink",
            "data-[state=on]:bg-raised data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-low data-[state=on]:ring-1 data-[state=on]:ring-line",
          )}
        >
          {option.icon}
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
