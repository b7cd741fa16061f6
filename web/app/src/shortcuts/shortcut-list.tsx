import { Dialog } from "@/components/dialog";
import { Keys } from "@/components/keys";
import { usePreferences } from "@/preferences";
import { keysOf, useShortcutStore } from "./shortcuts";

/** The list that `?` opens: every shortcut of what is on the screen. */
export function ShortcutList() {
  const { groups, helpOpen } = useShortcutStore();
  const singleKeys = usePreferences((store) => store.singleKeys);
  return (
    <Dialog
      open={helpOpen}
      onOpenChange={(open) => useShortcutStore.setState({ helpOpen: open })}
      title="Keyboard shortcuts"
      description={singleKeys ? undefined : "Single keys are switched off in the settings."}
      width="wide"
      toRead
    >
      <div className="gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group.title} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 font-medium text-ink-subtle">{group.title}</h3>
            <dl>
              {group.shortcuts.map((shortcut) => (
                <div
                  key={shortcut.label}
                  className="flex items-center justify-between gap-4 border-line border-t py-1.5"
                >
                  <dt>{shortcut.label}</dt>
                  <dd className="flex shrink-0 gap-1.5">
                    {keysOf(shortcut).map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
