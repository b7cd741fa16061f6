import type { ZoneKind } from "@zoned/client";
import { ChevronDown } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Popover } from "@/components/popover";
import { KINDS, type Kind } from "@/theme/kinds";

const ALL = Object.keys(KINDS) as Kind[];

/** Which kinds of zones are taken. None chosen means all. */
export function KindChoice({
  kinds,
  onChange,
}: {
  kinds: readonly ZoneKind[];
  onChange: (kinds: ZoneKind[]) => void;
}) {
  const label = useId();
  const text =
    kinds.length === 0
      ? "All kinds"
      : kinds.length <= 3
        ? kinds.map((kind) => KINDS[kind].label).join(", ")
        : `${kinds.length} kinds`;
  const toggle = (kind: ZoneKind) =>
    onChange(ALL.filter((each) => (each === kind ? !kinds.includes(kind) : kinds.includes(each))));
  return (
    <div className="flex flex-col gap-1.5">
      <span id={label} className="font-medium">
        Kinds of zones
      </span>
      <Popover
        label="Kinds of zones"
        align="start"
        className="w-80 max-w-[calc(100vw-2rem)]"
        trigger={
          <Button className="justify-between!" aria-label={`Kinds of zones: ${text}`}>
            <span className="truncate font-normal">{text}</span>
            <ChevronDown aria-hidden className="size-3.5 text-ink-subtle" />
          </Button>
        }
      >
        <div className="grid grid-cols-2 gap-x-3">
          {ALL.map((kind) => (
            <KindBox key={kind} kind={kind} checked={kinds.includes(kind)} onToggle={() => toggle(kind)} />
          ))}
        </div>
        <Button
          look="ghost"
          size="small"
          className="mt-2"
          disabled={kinds.length === 0}
          onClick={() => onChange([])}
        >
          Take all kinds
        </Button>
      </Popover>
    </div>
  );
}

function KindBox({ kind, checked, onToggle }: { kind: Kind; checked: boolean; onToggle: () => void }) {
  const id = useId();
  return (
    <div className="flex min-h-7 items-center gap-2">
      <Checkbox id={id} checked={checked} onCheckedChange={onToggle} />
      <label htmlFor={id} className="truncate">
        {KINDS[kind].label}
      </label>
    </div>
  );
}
