import { OnFirstUse, onDemand } from "@/on-demand";
import { openShortcutHelp, useShortcutStore, useShortcuts } from "./shortcuts";

const ShortcutList = onDemand(async () => (await import("./shortcut-list")).ShortcutList);

/** Has `?` open the list of shortcuts. */
export function ShortcutHelp() {
  const open = useShortcutStore((store) => store.helpOpen);
  useShortcuts("Everywhere", [{ keys: "?", label: "Show this list", run: openShortcutHelp }]);
  return (
    <OnFirstUse wanted={open}>
      <ShortcutList />
    </OnFirstUse>
  );
}
