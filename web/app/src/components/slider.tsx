import { Slider as Radix } from "radix-ui";
import { classes } from "./classes";

interface SliderProps {
  label: string;
  value: number;
  onValueChange: (value: number) => void;
  /** Called once a drag or key press is over. */
  onValueCommit?: (value: number) => void;
  min?: number;
  max?: number;
  step?: number;
  /** How the value is read out. */
  valueText?: string;
  className?: string;
}

/** A number within bounds. */
export function Slider({
  label,
  value,
  onValueChange,
  onValueCommit,
  min = 0,
  max = 1,
  step = 0.01,
  valueText,
  className,
}: SliderProps) {
  return (
    <Radix.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      onValueChange={([next]) => next !== undefined && onValueChange(next)}
      onValueCommit={([next]) => next !== undefined && onValueCommit?.(next)}
      className={classes("relative flex h-6 w-full touch-none select-none items-center", className)}
    >
      <Radix.Track className="relative h-1 flex-1 rounded-full bg-pressed ring-1 ring-line-strong/70 ring-inset">
        <Radix.Range className="absolute h-full rounded-full bg-accent" />
      </Radix.Track>
      <Radix.Thumb
        aria-label={label}
        {...(valueText ? { "aria-valuetext": valueText } : {})}
        className="block size-4 rounded-full border-2 border-accent bg-raised shadow-low"
      />
    </Radix.Root>
  );
}
