import type { Zone } from "@zoned/client";
import { memo } from "react";
import { KINDS } from "@/theme/kinds";
import { kindInWords } from "../editing/describe-zone";
import { TextEditor } from "../editing/text-editor";
import { useZoneActions } from "../editing/use-zone-actions";
import { useDesk, useReaderParts, useView } from "../state/reader-context";
import { ZoneText } from "./zone-text";

interface ZoneBlockProps {
  zone: Zone;
  /** Its place among those shown, from 1, and how many there are. */
  place: number;
  of: number;
  /** Whether Tab comes here while nothing is selected. */
  isEntry: boolean;
  /** Of headings: their level for screen readers. */
  outlineLevel: number;
}

/** One zone in the reading order: to read, to select, to edit. */
export const ZoneBlock = memo(function ZoneBlock({ zone, place, of, isEntry, outlineLevel }: ZoneBlockProps) {
  const { view, panes } = useReaderParts();
  const actions = useZoneActions();
  const isHovered = useView((state) => state.hovered === zone.id);
  const isSelected = useView((state) => state.selected.includes(zone.id));
  const hasSelection = useView((state) => state.selected.length > 0);
  const isEdited = useDesk((state) => state.editing?.zoneId === zone.id && state.editing.what === "text");
  const sureness = zone.origin === "user" ? "drawn by you" : `${Math.round(zone.confidence * 100)} % sure`;

  const select = () => {
    // Text that is being marked to be copied is not a click.
    if (document.getSelection()?.isCollapsed === false || isSelected) return;
    view.getState().select([zone.id]);
    panes.reveal(zone, "content");
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the reader select: J and K, Enter and more.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div
      role="group"
      aria-label={`${kindInWords(zone)}, ${place} of ${of} on page ${zone.pageNumber}, ${sureness}`}
      {...(isSelected ? { "aria-current": true } : {})}
      tabIndex={isSelected || (isEntry && !hasSelection) ? 0 : -1}
      data-zone={zone.id}
      data-state={isSelected ? "selected" : isHovered ? "hovered" : "idle"}
      className="zone-block min-h-6 cursor-default scroll-m-16 rounded-r-lg py-1 pr-2 pl-3"
      style={{ ["--zone" as string]: KINDS[zone.kind].color }}
      onPointerEnter={() => view.getState().hover(zone.id)}
      onPointerLeave={() => view.getState().hover(null)}
      onClick={select}
      onDoubleClick={() => actions.edit(zone)}
    >
      {isEdited ? (
        <TextEditor zone={zone} />
      ) : zone.content === "" && zone.kind !== "figure" ? (
        <p className="text-ink-subtle italic">No text</p>
      ) : (
        <ZoneText zone={zone} outlineLevel={outlineLevel} />
      )}
    </div>
  );
});
