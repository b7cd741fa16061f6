import { describe, expect, it } from "vitest";
import { CanvasCache } from "./canvas-cache";

const canvas = () => ({ width: 10, height: 10 });

describe("drawn pages", () => {
  it("go when there are too many, those not seen for longest first, and are emptied", () => {
    const gone: number[] = [];
    const cache = new CanvasCache(300, (page) => gone.push(page));
    const first = canvas();
    cache.put(1, first);
    cache.put(2, canvas());
    cache.put(3, canvas());
    cache.get(1);
    cache.put(4, canvas());
    expect(gone).toEqual([2]);
    expect(cache.get(2)).toBeUndefined();
    cache.put(5, canvas());
    cache.put(6, canvas());
    expect(gone).toEqual([2, 3, 1]);
    expect(first).toEqual({ width: 0, height: 0 });
    expect(cache.pixels).toBe(300);
  });

  it("stay while they are on the screen, and go once they are not", () => {
    const cache = new CanvasCache(100);
    cache.use(1, true);
    cache.put(1, canvas());
    cache.put(2, canvas());
    expect([cache.get(1) !== undefined, cache.get(2)]).toEqual([true, undefined]);
    cache.use(2, true);
    cache.put(2, canvas());
    expect(cache.pixels).toBe(200);
    cache.use(1, false);
    expect([cache.get(1), cache.get(2) !== undefined]).toEqual([undefined, true]);
  });

  it("replace each other, and all go at the end", () => {
    const cache = new CanvasCache(1000);
    const small = canvas();
    const large = { width: 20, height: 20 };
    cache.put(1, small);
    cache.put(1, large);
    expect(small.width).toBe(0);
    expect(cache.pixels).toBe(400);
    cache.clear();
    expect(large.width).toBe(0);
    expect(cache.pixels).toBe(0);
  });
});
