import { describe, expect, it } from "vitest";
import { isSingleKey, isTyping, matches } from "./match";

const press = (key: string, modifiers: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key, ...modifiers });

describe("shortcuts", () => {
  it("take a character as it comes out, whatever makes it", () => {
    expect(matches(press("?", { shiftKey: true }), "?")).toBe(true);
    expect(matches(press("?"), "?")).toBe(true);
    expect(matches(press("+", { shiftKey: true }), "+")).toBe(true);
    expect(matches(press("+", { ctrlKey: true }), "mod++")).toBe(true);
  });

  it("tell modifiers apart", () => {
    expect(matches(press("z", { ctrlKey: true }), "mod+z")).toBe(true);
    expect(matches(press("Z", { metaKey: true, shiftKey: true }), "mod+shift+z")).toBe(true);
    expect(matches(press("Z", { ctrlKey: true, shiftKey: true }), "mod+z")).toBe(false);
    expect(matches(press("z"), "mod+z")).toBe(false);
    expect(matches(press("j", { altKey: true }), "j")).toBe(false);
    expect(matches(press("ArrowDown", { shiftKey: true }), "ArrowDown")).toBe(false);
  });

  it("know which of them are single keys", () => {
    expect(["?", "j", "shift+j", "+"].map(isSingleKey)).toEqual([true, true, true, true]);
    expect(["mod+z", "alt+ArrowUp", "Escape", "ArrowDown"].map(isSingleKey)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("leave keys to text being typed, not to checkboxes", () => {
    document.body.innerHTML =
      "<input id=t><input id=c type=checkbox><textarea id=a></textarea><button id=b></button>";
    const typing = ["t", "c", "a", "b"].map((id) => isTyping(document.getElementById(id)));
    expect(typing).toEqual([true, false, true, false]);
  });
});
