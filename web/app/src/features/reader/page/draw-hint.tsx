import type { ZoneKind } from "@zoned/client";
import { X } from "lucide-react";
import { IconButton } from "@/components/icon-button";
import { Select } from "@/components/select";
import { KINDS, type Kind } from "@/theme/kinds";
import { useDesk } from "../state/reader-context";

const OPTIONS = [
  { value: "guess" as const, label: "Find out its kind" },
  ...(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value].label })),
];

/** How to draw a zone, and as what it is read. */
export function DrawHint() {
  const drawAs = useDesk((state) => state.drawAs);
  const setDrawAs = useDesk((state) => state.setDrawAs);
  const setTool = useDesk((state) => state.setTool);
  return (
    <div className="absolute inset-x-3 bottom-3 z-30 mx-auto grid max-w-xl grid-cols-[1fr_auto] items-center gap-x-3 gap-y-2 sm:grid-cols-[1fr_auto_auto] rounded-xl border border-line bg-raised px-3.5 py-2 shadow-overlay">
      <p role="status" className="min-w-0 max-sm:col-span-2">
        Drag a box on the page, or click two corners.{" "}
        <span className="text-ink-muted">Enter places one for the keyboard.</span>
      </p>
      <span className="w-40">
        <Select<ZoneKind | "guess">
          label="Read it as"
          size="small"
          value={drawAs ?? "guess"}
          onValueChange={(value) => setDrawAs(value === "guess" ? null : value)}
          options={OPTIONS}
        />
      </span>
      <IconButton label="Stop drawing" shortcut="Escape" size="small" onClick={() => setTool("select")}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
