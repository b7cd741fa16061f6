import { describe, expect, it } from "vitest";
import { RenderQueue } from "./render-queue";

/** Work that ends when told to, and what was started so far. */
function works() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.set(name, () => resolve(name));
      signal.addEventListener("abort", () => started.push(`stop ${name}`));
    });
  const settle = async (name: string) => {
    ends.get(name)?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { started, work, settle };
}

describe("the render queue", () => {
  it("runs the lowest number first, and no more at a time than allowed", async () => {
    const { started, work, settle } = works();
    const queue = new RenderQueue(1);
    const all = [queue.add("a", 5, work("a")), queue.add("b", 9, work("b")), queue.add("c", 1, work("c"))];
    expect(started).toEqual(["a"]);
    await settle("a");
    expect(started).toEqual(["a", "c"]);
    await settle("c");
    await settle("b");
    expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
    expect(queue.size).toBe(0);
  });

  it("follows a change of mind about what comes next", async () => {
    const { started, work, settle } = works();
    const queue = new RenderQueue(1);
    void queue.add("a", 0, work("a"));
    void queue.add("b", 1, work("b"));
    void queue.add("c", 2, work("c"));
    queue.prioritise("c", 0);
    await settle("a");
    expect(started).toEqual(["a", "c"]);
  });

  it("drops what is no longer wanted, and stops it when it runs", async () => {
    const { started, work } = works();
    const queue = new RenderQueue(1);
    const first = queue.add("a", 0, work("a"));
    const second = queue.add("b", 1, work("b"));
    const third = queue.add("c", 2, work("c"));
    queue.cancel("b");
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    queue.cancel("a");
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    expect(started).toEqual(["a", "stop a", "c"]);
    queue.cancelAll();
    await expect(third).rejects.toMatchObject({ name: "AbortError" });
    expect(queue.size).toBe(0);
  });

  it("goes on after a failure", async () => {
    const { work, settle } = works();
    const queue = new RenderQueue(1);
    const failing = queue.add("a", 0, () => Promise.reject(new Error("broken page")));
    const next = queue.add("b", 0, work("b"));
    await expect(failing).rejects.toThrow("broken page");
    await settle("b");
    expect(await next).toBe("b");
  });
});
