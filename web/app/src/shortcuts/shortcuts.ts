import { useEffect, useRef } from "react";
import { create } from "zustand";
import { usePreferences } from "@/preferences";
import { isSingleKey, isTyping, matches } from "./match";

export interface Shortcut {
  /** Like `mod+z`, `?`, `ArrowDown`; several with the same effect are listed together. */
  keys: string | readonly string[];
  /** What it does, for the list that `?` opens. */
  label: string;
  /** Returning false leaves the key to the browser. */
  run: (event: KeyboardEvent) => unknown;
  /** Also while typing in a field. */
  whileTyping?: boolean;
}

interface ShortcutStore {
  /** The groups of what is mounted now, in the order they came. */
  groups: { id: symbol; title: string; shortcuts: readonly Shortcut[] }[];
  helpOpen: boolean;
}

export const useShortcutStore = create<ShortcutStore>(() => ({ groups: [], helpOpen: false }));

export function openShortcutHelp(): void {
  useShortcutStore.setState({ helpOpen: true });
}

/** The keys of a shortcut, as a list. */
export function keysOf({ keys }: Shortcut): readonly string[] {
  return typeof keys === "string" ? [keys] : keys;
}

/** While the component is there, these keys act, and `?` lists them under the title. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[], enabled = true): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const described = shortcuts
    .map((shortcut) => `${keysOf(shortcut).join(" ")}\n${shortcut.label}`)
    .join("\n\n");

  // biome-ignore lint/correctness/useExhaustiveDependencies: listed anew when what is described changes, not on each render.
  useEffect(() => {
    if (!enabled) return;
    const id = Symbol(title);
    const group = { id, title, shortcuts: latest.current };
    useShortcutStore.setState((store) => ({ groups: [...store.groups, group] }));
    return () =>
      useShortcutStore.setState((store) => ({ groups: store.groups.filter((each) => each.id !== id) }));
  }, [title, described, enabled]);

  useEffect(() => {
    if (!enabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const { singleKeys } = usePreferences.getState();
      const typing = isTyping(event.target);
      // A dialog in front has the keys to itself; what is inside it registers its own with whileTyping or its own handlers.
      const modal = document.querySelector(
        '[role="dialog"][data-state="open"], [role="alertdialog"][data-state="open"]',
      );
      if (modal && event.target instanceof Node && modal.contains(event.target)) return;
      for (const shortcut of latest.current) {
        if (typing && !shortcut.whileTyping) continue;
        const pressed = keysOf(shortcut).find((keys) => matches(event, keys));
        if (pressed === undefined || (!singleKeys && isSingleKey(pressed))) continue;
        if (shortcut.run(event) !== false) event.preventDefault();
        return;
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [enabled]);
}
