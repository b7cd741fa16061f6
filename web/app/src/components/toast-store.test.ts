import { beforeEach, describe, expect, it, vi } from "vitest";
import { toast, toastWithUndo, useToasts } from "./toast-store";

const shown = () => useToasts.getState().toasts;

describe("toasts", () => {
  beforeEach(() => useToasts.setState({ toasts: [] }));

  it("commits when it goes without undo, once", () => {
    const [undo, commit] = [vi.fn(), vi.fn()];
    const dismiss = toastWithUndo("Deleted", { undo, commit });
    dismiss();
    dismiss();
    expect(commit).toHaveBeenCalledTimes(1);
    expect(undo).not.toHaveBeenCalled();
  });

  it("takes back when undo is chosen, and then never commits", () => {
    const [undo, commit] = [vi.fn(), vi.fn()];
    const dismiss = toastWithUndo("Deleted", { undo, commit });
    useToasts.getState().settle(shown()[0]?.id ?? 0, true);
    dismiss();
    expect(undo).toHaveBeenCalledTimes(1);
    expect(commit).not.toHaveBeenCalled();
  });

  it("lets the oldest go when there are too many, and that one commits", () => {
    const commit = vi.fn();
    toastWithUndo("first", { undo: vi.fn(), commit });
    for (const title of ["2", "3", "4", "5"]) toast({ title });
    expect(shown().map((each) => each.title)).toEqual(["2", "3", "4", "5"]);
    expect(commit).toHaveBeenCalledTimes(1);
  });
});
