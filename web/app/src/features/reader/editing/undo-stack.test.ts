import { describe, expect, it } from "vitest";
import { UndoStack } from "./undo-stack";

/** A number that steps add to. */
function counter() {
  const stack = new UndoStack();
  const seen = { value: 0 };
  const add = (amount: number) => {
    seen.value += amount;
    stack.push({
      label: `add ${amount}`,
      undo: async () => {
        seen.value -= amount;
      },
      redo: async () => {
        seen.value += amount;
      },
    });
  };
  return { stack, seen, add };
}

describe("undo and redo", () => {
  it("go back and forth in order", async () => {
    const { stack, seen, add } = counter();
    add(1);
    add(10);
    expect(await stack.undo()).toBe("add 10");
    expect(seen.value).toBe(1);
    expect(stack.state()).toEqual({ undo: "add 1", redo: "add 10" });
    expect(await stack.undo()).toBe("add 1");
    expect(await stack.undo()).toBeNull();
    expect(await stack.redo()).toBe("add 1");
    expect(await stack.redo()).toBe("add 10");
    expect(await stack.redo()).toBeNull();
    expect(seen.value).toBe(11);
  });

  it("forget what was undone once something else is done", async () => {
    const { stack, seen, add } = counter();
    add(1);
    await stack.undo();
    add(5);
    expect(await stack.redo()).toBeNull();
    expect(seen.value).toBe(5);
  });

  it("wait for each other", async () => {
    const { stack, seen, add } = counter();
    add(1);
    add(10);
    add(100);
    await Promise.all([stack.undo(), stack.undo(), stack.redo()]);
    expect(seen.value).toBe(11);
  });

  it("wait for what is under way, to undo that first", async () => {
    const { stack, seen, add } = counter();
    add(1);
    let finish = () => {};
    void stack.hold(
      new Promise<void>((resolve) => {
        finish = resolve;
      }).then(() => add(10)),
    );
    const undone = stack.undo();
    finish();
    expect(await undone).toBe("add 10");
    expect(seen.value).toBe(1);
    stack.hold(Promise.reject(new Error("not saved"))).catch(() => {});
    expect(await stack.undo()).toBe("add 1");
  });

  it("drop a step that cannot be undone, tell so, and go on with the one before", async () => {
    const { stack, seen, add } = counter();
    add(1);
    stack.push({ label: "broken", undo: () => Promise.reject(new Error("conflict")), redo: async () => {} });
    await expect(stack.undo()).rejects.toThrow("conflict");
    expect(stack.state()).toEqual({ undo: "add 1", redo: null });
    await stack.undo();
    expect(seen.value).toBe(0);
  });

  it("keep the last two hundred steps", async () => {
    const { stack, seen, add } = counter();
    for (let step = 0; step < 250; step += 1) add(1);
    while ((await stack.undo()) !== null);
    expect(seen.value).toBe(50);
  });
});
