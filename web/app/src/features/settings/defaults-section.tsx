import type { ExportFormat } from "@zoned/client";
import { useSettings } from "@zoned/client/react";
import { useState } from "react";
import { Select } from "@/components/select";
import { Slider } from "@/components/slider";
import { Switch } from "@/components/switch";
import { toast } from "@/components/toast-store";
import { errorText } from "@/error-text";
import { type Defaults, defaultsOf } from "./defaults";
import { Row, Section } from "./section";

const FORMATS: readonly { value: ExportFormat; label: string }[] = [
  { value: "markdown", label: "Markdown" },
  { value: "json", label: "JSON" },
  { value: "jsonl", label: "JSON Lines" },
  { value: "chunks", label: "Chunks for retrieval" },
  { value: "html", label: "HTML" },
  { value: "csv", label: "CSV (tables)" },
  { value: "xlsx", label: "Excel (tables)" },
  { value: "text", label: "Plain text" },
];

/** What belongs to the account: how uploads and exports begin. */
export function DefaultsSection() {
  const { settings, update } = useSettings();
  const defaults = defaultsOf(settings);
  const [dragged, setDragged] = useState<number>();
  const change = (part: Partial<Defaults>) =>
    update(
      { defaults: { ...defaults, ...part } },
      {
        onError: (error) =>
          toast({ title: "The setting was not saved", description: errorText(error), tone: "danger" }),
      },
    );
  const confidence = dragged ?? defaults.minConfidence;
  const percent = `${Math.round(confidence * 100)} %`;
  return (
    <Section title="Defaults" about="How uploads and exports begin, on every device.">
      <Row label="Export format">
        {(control) => (
          <Select
            {...control}
            className="w-52!"
            value={defaults.exportFormat}
            onValueChange={(exportFormat) => change({ exportFormat })}
            options={FORMATS}
          />
        )}
      </Row>
      <Row
        label="Headers and footers in exports"
        hint="Running heads, page numbers and watermarks, also where a format leaves them out."
      >
        {(control) => (
          <Switch
            {...control}
            checked={defaults.headersFooters}
            onCheckedChange={(headersFooters) => change({ headersFooters })}
          />
        )}
      </Row>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
        <div className="min-w-0 flex-[1_1_14rem]">
          <p className="font-medium">Least confidence of exported zones</p>
          <p className="text-[0.929rem] text-ink-muted">Zones the engine is less sure of are left out.</p>
        </div>
        <div className="flex w-52 items-center gap-3">
          <Slider
            label="Least confidence of exported zones"
            value={confidence}
            step={0.05}
            valueText={percent}
            onValueChange={setDragged}
            onValueCommit={(minConfidence) => {
              setDragged(undefined);
              change({ minConfidence });
            }}
          />
          <span className="w-11 text-right text-ink-muted tabular-nums">{percent}</span>
        </div>
      </div>
      <Row
        label="Look for duplicates before uploading"
        hint="Reads the file first; a file that is here already is not sent again."
      >
        {(control) => (
          <Switch
            {...control}
            checked={defaults.checkDuplicates}
            onCheckedChange={(checkDuplicates) => change({ checkDuplicates })}
          />
        )}
      </Row>
    </Section>
  );
}
