import type { ExportPreset } from "@zoned/client";
import { useDeletePreset, usePresets, useSavePreset } from "@zoned/client/react";
import { Bookmark, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { IconButton } from "@/components/icon-button";
import { Input } from "@/components/input";
import { Popover } from "@/components/popover";
import { toast } from "@/components/toast-store";
import { choiceOf, type ExportChoice, inWords, optionsOf } from "./export-choice";
import { FORMATS } from "./formats";

interface PresetBarProps {
  choice: ExportChoice;
  onApply: (choice: ExportChoice) => void;
}

/** Choices kept under a name: to apply, to add to, to forget. */
export function PresetBar({ choice, onApply }: PresetBarProps) {
  const { data: presets } = usePresets();
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {presets?.map((preset) => (
        <Preset key={preset.id} preset={preset} onApply={onApply} />
      ))}
      <Popover
        label="Save as a preset"
        align="start"
        className="w-72"
        trigger={
          <Button look="ghost" size="small">
            <Bookmark aria-hidden className="size-3.75" /> Save as a preset
          </Button>
        }
      >
        <SavePreset choice={choice} />
      </Popover>
    </div>
  );
}

function Preset({ preset, onApply }: { preset: ExportPreset; onApply: PresetBarProps["onApply"] }) {
  const remove = useDeletePreset();
  const save = useSavePreset();
  const forget = () =>
    remove.mutate(preset.id, {
      onSuccess: () =>
        toast({
          title: `Preset “${preset.name}” deleted`,
          action: { label: "Undo", run: () => save.mutate(preset) },
        }),
      onError: (error) =>
        toast({ title: "The preset was not deleted", description: error.message, tone: "danger" }),
    });
  return (
    <span className="inline-flex items-center rounded-lg border border-line bg-surface">
      <button
        type="button"
        title={[FORMATS[preset.format].label, inWords(preset.options)].filter(Boolean).join(", ")}
        onClick={() => onApply(choiceOf(preset.format, preset.options))}
        className="h-7 max-w-48 truncate rounded-l-lg px-2.5 hover:bg-hover"
      >
        <span className="sr-only">Use the preset </span>
        {preset.name}
      </button>
      <IconButton
        label={`Delete the preset ${preset.name}`}
        size="small"
        className="rounded-l-none!"
        onClick={forget}
      >
        <Trash2 aria-hidden />
      </IconButton>
    </span>
  );
}

function SavePreset({ choice }: { choice: ExportChoice }) {
  const [name, setName] = useState("");
  const save = useSavePreset();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The popover is inside the form of the export as far as React is concerned.
    event.stopPropagation();
    const wanted = name.trim();
    if (wanted === "") return;
    save.mutate(
      { name: wanted, format: choice.format, options: optionsOf(choice) },
      {
        onSuccess: () => {
          setName("");
          toast({ title: `Preset “${wanted}” saved`, tone: "success" });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field
        label="Name"
        hint="A preset of the same name is replaced."
        {...(save.error ? { error: save.error.message } : {})}
      >
        {(control) => (
          <Input
            {...control}
            value={name}
            maxLength={100}
            required
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" busy={save.isPending}>
        Save the preset
      </Button>
    </form>
  );
}
