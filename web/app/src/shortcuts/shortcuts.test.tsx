import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { usePreferences } from "@/preferences";
import { type Shortcut, useShortcutStore, useShortcuts } from "./shortcuts";

function Screen({ shortcuts }: { shortcuts: readonly Shortcut[] }) {
  useShortcuts("Screen", shortcuts);
  return (
    <>
      <input aria-label="name" />
      <button type="button">act</button>
    </>
  );
}

const titles = () => useShortcutStore.getState().groups.map((group) => group.title);

describe("shortcuts of a screen", () => {
  afterEach(() => {
    cleanup();
    usePreferences.setState({ singleKeys: true });
  });

  it("act and are listed while the screen is there", () => {
    const run = vi.fn();
    const { unmount } = render(<Screen shortcuts={[{ keys: ["j", "ArrowDown"], label: "Next", run }]} />);
    fireEvent.keyDown(document.body, { key: "j" });
    fireEvent.keyDown(document.body, { key: "ArrowDown" });
    expect(run).toHaveBeenCalledTimes(2);
    expect(titles()).toEqual(["Screen"]);
    unmount();
    fireEvent.keyDown(document.body, { key: "j" });
    expect(run).toHaveBeenCalledTimes(2);
    expect(titles()).toEqual([]);
  });

  it("call what the last render gave", () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const { rerender } = render(<Screen shortcuts={[{ keys: "j", label: "Next", run: first }]} />);
    rerender(<Screen shortcuts={[{ keys: "j", label: "Next", run: second }]} />);
    fireEvent.keyDown(document.body, { key: "j" });
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });

  it("leave keys to text being typed, unless they are meant for that", () => {
    const [plain, whileTyping] = [vi.fn(), vi.fn()];
    render(
      <Screen
        shortcuts={[
          { keys: "j", label: "Next", run: plain },
          { keys: "mod+s", label: "Save", run: whileTyping, whileTyping: true },
        ]}
      />,
    );
    const field = screen.getByLabelText("name");
    fireEvent.keyDown(field, { key: "j" });
    fireEvent.keyDown(field, { key: "s", ctrlKey: true });
    expect([plain.mock.calls.length, whileTyping.mock.calls.length]).toEqual([0, 1]);
  });

  it("keep the browser from acting on the key, except where they decline it", () => {
    render(
      <Screen
        shortcuts={[
          { keys: "j", label: "Next", run: () => {} },
          { keys: "Escape", label: "Leave", run: () => false },
        ]}
      />,
    );
    // fireEvent tells false when the default was prevented.
    expect(fireEvent.keyDown(document.body, { key: "j" })).toBe(false);
    expect(fireEvent.keyDown(document.body, { key: "Escape" })).toBe(true);
  });

  it("of single keys rest while they are switched off; others go on", () => {
    const run = vi.fn();
    usePreferences.setState({ singleKeys: false });
    render(<Screen shortcuts={[{ keys: ["j", "ArrowDown"], label: "Next", run }]} />);
    fireEvent.keyDown(document.body, { key: "j" });
    expect(run).not.toHaveBeenCalled();
    fireEvent.keyDown(document.body, { key: "ArrowDown" });
    expect(run).toHaveBeenCalledTimes(1);
  });
});
