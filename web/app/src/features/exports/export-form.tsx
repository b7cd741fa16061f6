import { toZonedError } from "@zoned/client";
import { useRequestExport, useSettings } from "@zoned/client/react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { Select } from "@/components/select";
import { Slider } from "@/components/slider";
import { defaultsOf } from "@/features/settings/defaults";
import { formatCount } from "@/format";
import { type ExportChoice, FIRST_CHOICE, hasFurniture, isLanguage, optionsOf } from "./export-choice";
import { ChunkFields, HtmlFields, SwitchField } from "./format-fields";
import { FORMAT_OPTIONS, FORMATS } from "./formats";
import { KindChoice } from "./kind-choice";
import { checkPageRanges } from "./page-ranges";
import { PresetBar } from "./preset-bar";

interface ExportFormProps {
  documentId: string;
  pageCount: number | null;
  isReady: boolean;
}

/** What is exported, and how. */
export function ExportForm({ documentId, pageCount, isReady }: ExportFormProps) {
  const [choice, setChoice] = useState<ExportChoice>(useFirstChoice());
  const request = useRequestExport();
  const set = (change: Partial<ExportChoice>) => setChoice((old) => ({ ...old, ...change }));
  const ranges = checkPageRanges(choice.pages, pageCount ?? Number.MAX_SAFE_INTEGER);
  const furniture = hasFurniture(choice);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ranges.error !== null || !isLanguage(choice.language) || !isReady) return;
    request.mutate({ documentId, format: choice.format, options: optionsOf(choice) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" aria-label="New export">
      <PresetBar choice={choice} onApply={setChoice} />
      <Field label="Format" hint={FORMATS[choice.format].hint}>
        {(control) => (
          <Select
            {...control}
            value={choice.format}
            onValueChange={(format) => set({ format })}
            options={FORMAT_OPTIONS}
          />
        )}
      </Field>
      <Field
        label="Pages"
        {...(ranges.error === null ? {} : { error: ranges.error })}
        hint={
          choice.pages.trim() === "" || ranges.error !== null
            ? "All pages, or such as 1-3, 7, 12-."
            : formatCount(ranges.count, "page")
        }
      >
        {(control) => (
          <Input
            {...control}
            value={choice.pages}
            placeholder="All"
            onChange={(event) => set({ pages: event.target.value })}
          />
        )}
      </Field>
      {choice.format === "chunks" && <ChunkFields choice={choice} onChange={set} />}
      {choice.format === "html" && <HtmlFields choice={choice} onChange={set} />}
      {furniture !== null && <KindChoice kinds={choice.kinds} onChange={(kinds) => set({ kinds })} />}
      <LeastConfidence value={choice.minConfidence} onChange={(minConfidence) => set({ minConfidence })} />
      {furniture !== null && (
        <SwitchField
          label="Page headers and footers"
          hint="With page numbers and watermarks."
          checked={furniture}
          onChange={(headersFooters) => set({ headersFooters })}
        />
      )}
      {request.error && (
        <p role="alert" className="text-danger">
          {toZonedError(request.error).message} {toZonedError(request.error).hint}
        </p>
      )}
      {!isReady && (
        <p className="text-ink-muted">The document can be exported once all its pages are read.</p>
      )}
      <Button
        type="submit"
        look="primary"
        busy={request.isPending}
        disabled={!isReady}
        className="self-start"
      >
        Export as {FORMATS[choice.format].label}
      </Button>
    </form>
  );
}

/** The form at first: as the settings say. */
function useFirstChoice(): ExportChoice {
  const { exportFormat: format, minConfidence, headersFooters } = defaultsOf(useSettings().settings);
  return { ...FIRST_CHOICE, format, minConfidence, headersFooters: headersFooters || null };
}

function LeastConfidence({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const text = value === 0 ? "all zones" : `${Math.round(value * 100)} % sure and more`;
  return (
    <div>
      <div className="flex justify-between">
        <span className="font-medium">Confidence</span>
        <span className="text-ink-muted">{text}</span>
      </div>
      <Slider label="Least confidence" value={value} onValueChange={onChange} step={0.05} valueText={text} />
    </div>
  );
}
