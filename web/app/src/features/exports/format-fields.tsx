import { useId } from "react";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { Select } from "@/components/select";
import { Switch } from "@/components/switch";
import { type ExportChoice, isLanguage, overlapOf, type Tokenizer } from "./export-choice";

interface FieldsProps {
  choice: ExportChoice;
  onChange: (change: Partial<ExportChoice>) => void;
}

const TOKENIZERS: readonly { value: Tokenizer; label: string }[] = [
  { value: "o200k_base", label: "GPT-4o and later" },
  { value: "cl100k_base", label: "GPT-4 and text-embedding-3" },
];

/** How long chunks are, and how they hang together. */
export function ChunkFields({ choice, onChange }: FieldsProps) {
  return (
    <>
      <div className="grid gap-x-3 gap-y-4 sm:grid-cols-2">
        <Field label="Length of a chunk" hint="In tokens, 16 to 100,000.">
          {(control) => (
            <NumberInput
              {...control}
              min={16}
              max={100_000}
              value={choice.maxTokens}
              onChange={(maxTokens) => onChange({ maxTokens })}
            />
          )}
        </Field>
        <Field label="Repeated" hint="Tokens of the one before; at most half.">
          {(control) => (
            <NumberInput
              {...control}
              min={0}
              max={Math.floor(choice.maxTokens / 2)}
              value={overlapOf(choice)}
              onChange={(overlap) => onChange({ overlap })}
            />
          )}
        </Field>
      </div>
      <Field label="Tokens as counted by">
        {(control) => (
          <Select
            {...control}
            value={choice.tokenizer}
            onValueChange={(tokenizer) => onChange({ tokenizer })}
            options={TOKENIZERS}
          />
        )}
      </Field>
    </>
  );
}

interface NumberInputProps {
  id: string;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
}

function NumberInput({ value, onChange, ...control }: NumberInputProps) {
  return (
    <Input
      {...control}
      type="number"
      required
      value={value}
      onChange={({ target }) => {
        if (!Number.isNaN(target.valueAsNumber)) onChange(Math.trunc(target.valueAsNumber));
      }}
    />
  );
}

/** What only a page for the browser has: pictures, and a language. */
export function HtmlFields({ choice, onChange }: FieldsProps) {
  return (
    <>
      <SwitchField
        label="Pictures of figures"
        hint="Inside the file, which becomes larger."
        checked={choice.pictures}
        onChange={(pictures) => onChange({ pictures })}
      />
      <Field
        label="Language of the text"
        hint="For screen readers and hyphenation; may be empty."
        {...(isLanguage(choice.language) ? {} : { error: "Write a language like en, de or pt-BR." })}
      >
        {(control) => (
          <Input
            {...control}
            value={choice.language}
            placeholder="en"
            maxLength={35}
            autoCapitalize="none"
            spellCheck={false}
            onChange={({ target }) => onChange({ language: target.value.trim() })}
          />
        )}
      </Field>
    </>
  );
}

interface SwitchFieldProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Something that is in the export or not. */
export function SwitchField({ label, hint, checked, onChange }: SwitchFieldProps) {
  const id = useId();
  return (
    <div className="flex items-center justify-between gap-3">
      <label htmlFor={id}>
        <span className="font-medium">{label}</span>
        <span className="block text-[0.929rem] text-ink-subtle">{hint}</span>
      </label>
      <Switch id={id} checked={checked} onCheckedChange={onChange} />
    </div>
  );
}
