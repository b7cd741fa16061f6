/** Whether a key press is the one written like `mod+shift+z`, `?` or `ArrowDown`; `mod` is Ctrl, on Apple machines ⌘. */
export function matches(event: KeyboardEvent, keys: string): boolean {
  // A lone "+" or one at the end is the key itself.
  const parts =
    keys === "+"
      ? ["+"]
      : keys.split("+").map((part, index, all) => (part === "" && index === all.length - 1 ? "+" : part));
  const key = parts.at(-1) ?? "";
  const wants = (name: string) => parts.slice(0, -1).includes(name);
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (pressed !== (key.length === 1 ? key.toLowerCase() : key)) return false;
  if (wants("mod") !== (event.ctrlKey || event.metaKey)) return false;
  if (wants("alt") !== event.altKey) return false;
  // Shift makes another character of most keys: there it is part of the key, as in "?".
  const isLetterOrNamed = /^[a-z]$/.test(pressed) || pressed.length > 1;
  return !isLetterOrNamed || wants("shift") === event.shiftKey;
}

/** Whether it is a plain character without Ctrl, ⌘ or Alt: what people may switch off. */
export function isSingleKey(keys: string): boolean {
  return !/(^|\+)(mod|alt)\+/.test(keys) && (keys.split("+").at(-1) || "+").length === 1;
}

/** Whether keys belong to what is focused: text being typed, or an open menu, list or dialog's own control. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "range", "file"].includes(target.type);
  return target.closest('[role="menu"], [role="listbox"]') !== null;
}
