import { classes } from "./classes";

const isApple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

const NAMES: Record<string, string> = {
  mod: isApple ? "⌘" : "Ctrl",
  alt: isApple ? "⌥" : "Alt",
  shift: isApple ? "⇧" : "Shift",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "↵",
  Delete: "Del",
  Backspace: "⌫",
  " ": "Space",
};

/** A lone "+", or one at the end, is the key itself. */
function partsOf(keys: string): string[] {
  if (keys === "+") return [keys];
  return keys.endsWith("++") ? [...keys.slice(0, -2).split("+"), "+"] : keys.split("+");
}

/** Keys of a shortcut, written like `mod+shift+z`. */
export function Keys({ keys, className }: { keys: string; className?: string }) {
  return (
    <span className={classes("inline-flex items-center gap-0.5 text-ink-subtle", className)}>
      {partsOf(keys).map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line bg-sunken px-1 font-sans text-[0.786rem] text-ink-muted"
        >
          {NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)}
        </kbd>
      ))}
    </span>
  );
}
