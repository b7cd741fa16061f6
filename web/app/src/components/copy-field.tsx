import { Check, Copy } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "./button";
import { Input } from "./input";

interface CopyFieldProps {
  label: string;
  value: string;
}

/** How long it says that it was copied, milliseconds. */
const SAID = 3000;

/** A text to take elsewhere, whole, with a button that copies it. */
export function CopyField({ label, value }: CopyFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), SAID);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setOutcome("copied");
    } catch {
      // No clipboard, or not for this page: the text is selected, so that the keyboard copies it.
      field.current?.select();
      setOutcome("refused");
    }
  };
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <Input
          ref={field}
          id={id}
          readOnly
          value={value}
          spellCheck={false}
          autoComplete="off"
          className="min-w-0 font-mono"
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button onClick={() => void copy()}>
          {outcome === "copied" ? (
            <Check aria-hidden className="size-4" />
          ) : (
            <Copy aria-hidden className="size-4" />
          )}
          Copy
        </Button>
      </div>
      <p role="status" className="min-h-5 text-[0.929rem] text-ink-muted">
        {outcome === "copied" && "Copied."}
        {outcome === "refused" && "The browser does not let it be copied. It is selected: press Ctrl+C."}
      </p>
    </div>
  );
}
