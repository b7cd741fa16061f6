import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ZonedEvent } from "../src/index";
import { EventOrder } from "../src/realtime/order";

function event(seq: number, documentId = "a"): ZonedEvent {
  return { documentId, seq, jobId: null, at: "2026-01-01T00:00:00Z", kind: "other", name: "x", payload: {} };
}

const numbers = (events: readonly ZonedEvent[]) => events.map(({ seq }) => seq);

describe("the order of events", () => {
  it("hands on what comes in order at once", () => {
    const order = new EventOrder();
    order.begin("a", 4);
    expect(numbers(order.broadcast(event(5)))).toEqual([5]);
    expect(numbers(order.broadcast(event(6)))).toEqual([6]);
    expect(order.last("a")).toBe(6);
  });

  it("holds what comes early until its predecessors are there, and tells of the gap", () => {
    const order = new EventOrder();
    order.begin("a", 0);
    expect(order.broadcast(event(3))).toEqual([]);
    expect(order.gaps()).toEqual(["a"]);
    expect(order.broadcast(event(2))).toEqual([]);
    expect(numbers(order.broadcast(event(1)))).toEqual([1, 2, 3]);
    expect(order.gaps()).toEqual([]);
  });

  it("holds events of a document it does not know until it is told which comes first", () => {
    const order = new EventOrder();
    expect(order.broadcast(event(9))).toEqual([]);
    expect(order.strangers()).toEqual(["a"]);
    expect(numbers(order.told(event(8)))).toEqual([8, 9]);
    expect(order.strangers()).toEqual([]);
  });

  it("knows a document from its very first event on", () => {
    const order = new EventOrder();
    expect(numbers(order.broadcast(event(1)))).toEqual([1]);
  });

  it("hands on nothing twice", () => {
    const order = new EventOrder();
    order.begin("a", 0);
    order.broadcast(event(1));
    expect(order.broadcast(event(1))).toEqual([]);
    expect(order.told(event(1))).toEqual([]);
  });

  it("passes over what is kept no longer", () => {
    const order = new EventOrder();
    order.begin("a", 2);
    order.broadcast(event(5));
    order.broadcast(event(9));
    expect(numbers(order.passOver("a", 4))).toEqual([5]);
    expect(numbers(order.passOver("a", 8))).toEqual([9]);
    expect(order.passOver("a", 3)).toEqual([]);
    expect(order.last("a")).toBe(9);
    expect(order.gaps()).toEqual([]);
  });

  it("remembers a gap whose events were too many to hold", () => {
    const order = new EventOrder();
    order.begin("a", 0);
    for (let seq = 2; seq <= 3000; seq += 1) order.broadcast(event(seq));
    const due = numbers(order.told(event(1)));
    expect(due[0]).toBe(1);
    expect(order.gaps()).toEqual(["a"]);
    for (let seq = 2; seq <= 3000; seq += 1) due.push(...numbers(order.told(event(seq))));
    expect(due).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
  });

  it("tells of a deletion once, and of nothing that was on its way by then", () => {
    const order = new EventOrder();
    order.begin("a", 0);
    order.broadcast(event(3));
    const asked = order.moment();
    expect(order.delete("a")).toBe(true);
    expect(order.delete("a")).toBe(false);
    expect(order.gaps()).toEqual([]);
    expect(order.broadcast(event(4))).toEqual([]);
    expect(order.broadcast(event(1))).toEqual([]);
    expect(order.strangers()).toEqual([]);
    expect(order.told(event(1), asked)).toEqual([]);
    expect(order.last("a")).toBeUndefined();
  });

  it("knows a document again that the database tells of after its deletion: it was restored", () => {
    const order = new EventOrder();
    order.begin("a", 7);
    order.delete("a");
    expect(numbers(order.told(event(1), order.moment()))).toEqual([1]);
    expect(numbers(order.broadcast(event(2)))).toEqual([2]);
    expect(order.delete("a")).toBe(true);
  });

  it("remembers no more than ten thousand deletions", () => {
    const order = new EventOrder();
    for (let count = 0; count <= 10_000; count += 1) order.delete(String(count));
    expect(order.delete("10000")).toBe(false);
    expect(order.delete("1")).toBe(false);
    expect(order.delete("0")).toBe(true);
  });

  it("is one and the same, however broadcasts are lost, repeated and shuffled, once the database has told the rest", () => {
    const scenario = fc.record({
      total: fc.integer({ min: 1, max: 60 }),
      start: fc.nat({ max: 10 }),
      arrivals: fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat({ max: 80 }), fc.boolean()), {
        maxLength: 200,
      }),
    });
    fc.assert(
      fc.property(scenario, ({ total, start, arrivals }) => {
        const order = new EventOrder();
        const seen = new Map<string, number[]>();
        const take = (events: readonly ZonedEvent[]) => {
          for (const { documentId, seq } of events)
            seen.set(documentId, [...(seen.get(documentId) ?? []), seq]);
        };
        const first = start + 1;
        const last = start + total;
        const clamp = (value: number) => first + (value % total);
        for (const [documentId, value, fromDatabase] of arrivals) {
          if (fromDatabase) {
            // The database tells from the first missing one on, up to some number.
            const from = (order.last(documentId) ?? start) + 1;
            for (let seq = from; seq <= clamp(value); seq += 1) take(order.told(event(seq, documentId)));
          } else {
            take(order.broadcast(event(clamp(value), documentId)));
          }
        }
        for (const documentId of ["a", "b", "c"]) {
          for (let seq = (order.last(documentId) ?? start) + 1; seq <= last; seq += 1) {
            take(order.told(event(seq, documentId)));
          }
          expect(seen.get(documentId)).toEqual(Array.from({ length: total }, (_, index) => first + index));
        }
        expect(order.gaps()).toEqual([]);
        expect(order.strangers()).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
