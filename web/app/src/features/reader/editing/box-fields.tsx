import type { Zone } from "@zoned/client";
import { Move } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { Popover } from "@/components/popover";
import { moveBox, resizeBox, roundBox, type Size, sameBox } from "../geometry/box";
import { useReaderParts } from "../state/reader-context";

const FIELDS = [
  ["x", "Left"],
  ["y", "Top"],
  ["width", "Width"],
  ["height", "Height"],
] as const;

/** The box of a zone as numbers: for those who do not drag. */
export function BoxFields({ zone, page }: { zone: Zone; page: Size }) {
  return (
    <Popover
      label="Position and size"
      align="end"
      className="w-72"
      trigger={
        <Button look="ghost" size="small">
          <Move aria-hidden className="size-3.75" /> <span className="max-sm:sr-only">Box</span>
        </Button>
      }
    >
      <BoxForm key={zone.revision} zone={zone} page={page} />
    </Popover>
  );
}

function BoxForm({ zone, page }: { zone: Zone; page: Size }) {
  const { edits } = useReaderParts();
  const rounded = roundBox(zone.bbox);
  const [values, setValues] = useState({
    x: String(rounded.x),
    y: String(rounded.y),
    width: String(rounded.width),
    height: String(rounded.height),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = {
      x: Number(values.x),
      y: Number(values.y),
      width: Number(values.width),
      height: Number(values.height),
    };
    if (!Object.values(wanted).every(Number.isFinite)) return;
    const origin = { x: 0, y: 0, width: 0, height: 0 };
    const sized = resizeBox(origin, "se", wanted.width, wanted.height, page);
    const bbox = roundBox(moveBox(sized, wanted.x, wanted.y, page));
    if (!sameBox(bbox, zone.bbox)) void edits.edit(zone, { bbox }, "move a zone");
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <p className="text-ink-muted">
        In points from the top left; the page is {Math.round(page.width)} × {Math.round(page.height)}.
      </p>
      <div className="grid grid-cols-2 gap-3">
        {FIELDS.map(([name, label]) => (
          <Field key={name} label={label}>
            {(control) => (
              <Input
                {...control}
                type="number"
                step="any"
                inputMode="decimal"
                value={values[name]}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <Button type="submit" look="primary">
        Apply
      </Button>
    </form>
  );
}
