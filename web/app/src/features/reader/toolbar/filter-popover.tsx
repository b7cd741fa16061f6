import { SlidersHorizontal } from "lucide-react";
import { useId } from "react";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Popover } from "@/components/popover";
import { Slider } from "@/components/slider";
import { Switch } from "@/components/switch";
import { KINDS, type Kind } from "@/theme/kinds";
import { useReaderParts, useView } from "../state/reader-context";
import { isFiltering } from "../state/zone-filter";

const ALL = Object.keys(KINDS) as Kind[];

/** Which zones are shown: by kind, and by how sure the engine is. */
export function FilterPopover() {
  const hiddenKinds = useView((state) => state.hiddenKinds);
  const minConfidence = useView((state) => state.minConfidence);
  const active = isFiltering({ hiddenKinds, minConfidence });
  return (
    <Popover
      label="Which zones are shown"
      align="end"
      className="w-80 max-w-[calc(100vw-1rem)]"
      trigger={
        <Button
          look="ghost"
          size="small"
          className={active ? "bg-accent-soft! text-accent!" : ""}
          id="reader-filter"
        >
          <SlidersHorizontal aria-hidden className="size-3.75" />
          <span className="max-lg:sr-only">{active ? "Zones: filtered" : "Zones"}</span>
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Threshold />
        <Boxes />
        <Kinds />
      </div>
    </Popover>
  );
}

function Threshold() {
  const value = useView((state) => state.minConfidence);
  const setValue = useView((state) => state.setMinConfidence);
  const text = value === 0 ? "all zones" : `${Math.round(value * 100)} % and more`;
  return (
    <div>
      <div className="flex justify-between">
        <span className="font-medium">How sure</span>
        <span className="text-ink-muted">{text}</span>
      </div>
      <Slider label="Least confidence" value={value} onValueChange={setValue} step={0.05} valueText={text} />
    </div>
  );
}

function Boxes() {
  const id = useId();
  const visible = useView((state) => state.zonesVisible);
  const toggle = useView((state) => state.toggleZones);
  return (
    <div className="flex items-center justify-between">
      <label htmlFor={id}>Boxes on the pages</label>
      <Switch id={id} checked={visible} onCheckedChange={toggle} />
    </div>
  );
}

function Kinds() {
  const { view } = useReaderParts();
  const hidden = useView((state) => state.hiddenKinds);
  const setAll = (shown: boolean) => {
    view.setState({ hiddenKinds: shown ? [] : [...ALL] });
  };
  return (
    <fieldset>
      <div className="mb-1 flex items-center justify-between">
        <legend className="font-medium">Kinds</legend>
        <span className="flex gap-1">
          <Button look="ghost" size="small" onClick={() => setAll(true)}>
            All
          </Button>
          <Button look="ghost" size="small" onClick={() => setAll(false)}>
            None
          </Button>
        </span>
      </div>
      <div className="grid grid-cols-2 gap-x-3">
        {ALL.map((kind) => (
          <KindToggle key={kind} kind={kind} shown={!hidden.includes(kind)} />
        ))}
      </div>
    </fieldset>
  );
}

function KindToggle({ kind, shown }: { kind: Kind; shown: boolean }) {
  const id = useId();
  const toggle = useView((state) => state.toggleKind);
  return (
    <div className="flex min-h-7 items-center gap-2">
      <Checkbox id={id} checked={shown} onCheckedChange={() => toggle(kind)} />
      <label htmlFor={id} className="flex min-w-0 flex-1 items-center gap-1.5 truncate">
        <span
          aria-hidden
          className="size-2 shrink-0 rounded-full"
          style={{ background: KINDS[kind].color }}
        />
        {KINDS[kind].label}
      </label>
    </div>
  );
}
