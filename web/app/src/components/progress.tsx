import { Progress as Radix } from "radix-ui";
import { classes } from "./classes";

interface ProgressProps {
  label: string;
  /** 0 to 1; null while nobody knows. */
  value: number | null;
  /** How it is read out instead of a percentage. */
  valueText?: string;
  tone?: "accent" | "muted" | "danger";
  className?: string;
}

const TONES = { accent: "bg-accent", muted: "bg-line-strong", danger: "bg-danger" };

/** How far something is. */
export function Progress({ label, value, valueText, tone = "accent", className }: ProgressProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 1000) / 10;
  return (
    <Radix.Root
      aria-label={label}
      value={percent}
      getValueLabel={(shown) => valueText ?? `${Math.round(shown)} %`}
      className={classes("relative h-1 w-full overflow-hidden rounded-full bg-pressed", className)}
    >
      <Radix.Indicator
        className={classes(
          "h-full rounded-full",
          TONES[tone],
          percent === null
            ? "w-2/5 animate-slide-over"
            : "origin-left transition-transform duration-300 ease-out",
        )}
        {...(percent === null ? {} : { style: { transform: `scaleX(${percent / 100})` } })}
      />
    </Radix.Root>
  );
}
