import type { Zone } from "@zoned/client";
import { useShortcuts } from "@/shortcuts/shortcuts";
import { useZoneActions } from "../editing/use-zone-actions";
import { useReaderData, useReaderParts } from "../state/reader-context";
import { PAGE_FIELD } from "./page-jump";
import { useZoom } from "./use-zoom";

/** The keys of the reader. The list that `?` opens is made of these. */
export function ReaderShortcuts() {
  useReadingKeys();
  useZoneKeys();
  return null;
}

function useReadingKeys() {
  const { view, desk, panes } = useReaderParts();
  const { pages } = useReaderData();
  const zoom = useZoom();
  const turnTo = (distance: number) => {
    const page = Math.min(Math.max(view.getState().page + distance, 1), Math.max(pages.count, 1));
    view.getState().goTo(page);
    panes.goTo({ index: page - 1, fraction: 0 });
  };
  useShortcuts("Reading", [
    { keys: ["ArrowLeft", "p"], label: "Previous page", run: () => turnTo(-1) },
    { keys: ["ArrowRight", "n"], label: "Next page", run: () => turnTo(1) },
    { keys: "g", label: "Go to a page", run: () => document.getElementById(PAGE_FIELD)?.focus() },
    { keys: ["+", "="], label: "Larger", run: () => zoom.step(1) },
    { keys: "-", label: "Smaller", run: () => zoom.step(-1) },
    { keys: "0", label: "Printed size", run: zoom.reset },
    { keys: "w", label: "Fit the width", run: () => zoom.set("width") },
    { keys: "f", label: "Fit the page", run: () => zoom.set("page") },
    { keys: "shift+r", label: "Turn the pages", run: () => desk.getState().rotate() },
    {
      keys: "\\",
      label: "Pages, both panes, text",
      run: () => {
        const { panes: shown, setPanes } = view.getState();
        setPanes(shown === "page" ? "both" : shown === "both" ? "content" : "page");
      },
    },
    {
      keys: "F6",
      label: "Go to the other pane",
      run: () => panes.focus(document.activeElement?.closest('[aria-label="Pages"]') ? "content" : "page"),
    },
    { keys: "t", label: "Show or hide the boxes", run: () => view.getState().toggleZones() },
    {
      keys: "z",
      label: "Choose which zones are shown",
      run: () => document.getElementById("reader-filter")?.click(),
    },
    { keys: "e", label: "Export", run: () => desk.getState().open("export") },
  ]);
}

function useZoneKeys() {
  const { view, desk, panes, edits } = useReaderParts();
  const { pages } = useReaderData();
  const actions = useZoneActions();

  /** Acts on the selected zone; leaves the key to the browser when there is none. */
  const onSelected = (act: (zone: Zone) => unknown) => () => {
    const zone = actions.selected();
    if (!zone) return false;
    act(zone);
    return true;
  };

  /** A box in the middle of the page, to be moved with the arrow keys. */
  const placeDraft = () => {
    const pageNumber = view.getState().page;
    const size = pages.sizes[pageNumber - 1];
    if (!size || pages.get(pageNumber)?.error !== null) return;
    const bbox = { x: size.width / 4, y: size.height / 4, width: size.width / 2, height: size.height / 10 };
    desk.getState().setDraft({ pageNumber, bbox });
  };

  const onEnter = (event: KeyboardEvent) => {
    // Buttons and links have their own use of it.
    if (event.target instanceof Element && event.target.closest("button, a, [role=slider]")) return false;
    if (desk.getState().tool === "draw") {
      placeDraft();
      return true;
    }
    return onSelected(actions.edit)();
  };

  const giveUp = () => {
    const { tool, setTool } = desk.getState();
    if (tool === "draw") setTool("select");
    else if (view.getState().selected.length > 0) view.getState().select([]);
    else return false;
    return true;
  };

  useShortcuts("Zones", [
    { keys: "j", label: "Next zone", run: () => void actions.step(1) },
    { keys: "k", label: "Previous zone", run: () => void actions.step(-1) },
    { keys: "Enter", label: "Edit the zone's text or cells", run: onEnter },
    {
      keys: "b",
      label: "Move the zone's box with the arrow keys",
      run: onSelected((zone) => {
        if (view.getState().panes === "content") view.getState().setPanes("both");
        if (!view.getState().zonesVisible) view.getState().toggleZones();
        requestAnimationFrame(() => {
          panes.reveal(zone);
          requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-box-editor]")?.focus());
        });
      }),
    },
    {
      keys: "[",
      label: "Earlier in the reading order",
      run: onSelected((zone) => actions.reorder(zone, -1)),
    },
    { keys: "]", label: "Later in the reading order", run: onSelected((zone) => actions.reorder(zone, 1)) },
    { keys: "r", label: "Read the zone again", run: onSelected((zone) => void edits.reread(zone)) },
    {
      keys: ["Delete", "Backspace"],
      label: "Delete the zone",
      run: onSelected((zone) => void edits.remove(zone)),
    },
    { keys: "d", label: "Draw a zone; Enter places one", run: () => desk.getState().setTool("draw") },
    { keys: "h", label: "History", run: () => desk.getState().open("history") },
    { keys: "mod+z", label: "Undo", run: () => void edits.undo() },
    { keys: ["mod+shift+z", "mod+y"], label: "Redo", run: () => void edits.redo() },
    { keys: "Escape", label: "Deselect, stop drawing", run: giveUp },
  ]);
}
