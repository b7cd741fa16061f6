import type { Panes } from "@zoned/client/react";
import {
  Columns2,
  Ellipsis,
  FileText,
  Redo2,
  Rows2,
  ScanLine,
  SquareDashedMousePointer,
  Undo2,
} from "lucide-react";
import { useSyncExternalStore } from "react";
import { IconButton } from "@/components/icon-button";
import { Menu, MenuCheckboxItem, MenuItem, MenuSeparator } from "@/components/menu";
import { Tooltip } from "@/components/tooltip";
import { openShortcutHelp } from "@/shortcuts/shortcuts";
import { NARROW } from "../narrow";
import { useDesk, useReaderParts, useView } from "../state/reader-context";
import { useMedia } from "../state/use-media";
import { FilterPopover } from "./filter-popover";
import { PageJump } from "./page-jump";
import { ZoomMenu } from "./zoom-menu";

/** What one does with a document while reading it. */
export function Toolbar() {
  return (
    <div
      role="toolbar"
      aria-label="Reader"
      className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-1 gap-y-0.5 border-line border-b bg-surface px-1.5 py-1 sm:gap-x-2 sm:px-3"
    >
      <PageJump />
      <ZoomMenu />
      <DrawButton />
      <UndoButtons />
      <span className="ml-auto flex items-center gap-1">
        <FilterPopover />
        <PaneChoice />
        <MoreMenu />
      </span>
    </div>
  );
}

function DrawButton() {
  const tool = useDesk((state) => state.tool);
  const setTool = useDesk((state) => state.setTool);
  const hasPages = useView((state) => state.panes !== "content");
  if (!hasPages) return null;
  return (
    <IconButton
      label="Draw a zone"
      shortcut="d"
      size="small"
      pressed={tool === "draw"}
      onClick={() => setTool(tool === "draw" ? "select" : "draw")}
    >
      <SquareDashedMousePointer aria-hidden />
    </IconButton>
  );
}

function UndoButtons() {
  const { edits } = useReaderParts();
  const { undo, redo } = useSyncExternalStore(edits.stack.subscribe, edits.stack.state);
  return (
    <span className="flex items-center">
      <IconButton
        label={undo ? `Undo: ${undo}` : "Undo"}
        shortcut="mod+z"
        size="small"
        disabled={undo === null}
        onClick={() => void edits.undo()}
      >
        <Undo2 aria-hidden />
      </IconButton>
      <IconButton
        label={redo ? `Redo: ${redo}` : "Redo"}
        shortcut="mod+shift+z"
        size="small"
        disabled={redo === null}
        onClick={() => void edits.redo()}
      >
        <Redo2 aria-hidden />
      </IconButton>
    </span>
  );
}

function PaneChoice() {
  const panes = useView((state) => state.panes);
  const setPanes = useView((state) => state.setPanes);
  const isNarrow = useMedia(NARROW);
  const options: { value: Panes; label: string; icon: typeof FileText }[] = [
    { value: "page", label: "Pages alone", icon: ScanLine },
    {
      value: "both",
      label: isNarrow ? "Pages above the text" : "Pages beside the text",
      icon: isNarrow ? Rows2 : Columns2,
    },
    { value: "content", label: "Text alone", icon: FileText },
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div
      role="group"
      aria-label="Panes"
      className="flex rounded-lg bg-sunken p-0.5 ring-1 ring-line ring-inset"
    >
      {options.map(({ value, label, icon: Icon }) => (
        <Tooltip key={value} label={label} shortcut="\">
          <button
            type="button"
            aria-label={label}
            aria-pressed={panes === value}
            onClick={() => setPanes(value)}
            className="inline-flex h-6.5 w-8 items-center justify-center rounded-md text-ink-muted hover:text-ink aria-pressed:bg-raised aria-pressed:text-ink aria-pressed:shadow-low aria-pressed:ring-1 aria-pressed:ring-line"
          >
            <Icon aria-hidden className="size-3.75" />
          </button>
        </Tooltip>
      ))}
    </div>
  );
}

function MoreMenu() {
  const follow = useDesk((state) => state.follow);
  const setFollow = useDesk((state) => state.setFollow);
  const rotate = useDesk((state) => state.rotate);
  const open = useDesk((state) => state.open);
  return (
    <Menu
      trigger={
        <IconButton label="More" size="small">
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      <MenuCheckboxItem checked={follow} onCheckedChange={setFollow}>
        Scroll the panes together
      </MenuCheckboxItem>
      <MenuItem shortcut="shift+r" onSelect={rotate}>
        Turn the pages
      </MenuItem>
      <MenuItem shortcut="h" onSelect={() => open("history")}>
        History
      </MenuItem>
      <MenuSeparator />
      <MenuItem shortcut="?" onSelect={openShortcutHelp}>
        Keyboard shortcuts
      </MenuItem>
    </Menu>
  );
}
