import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZonedError } from "../src/index";
import { backoff } from "../src/realtime/backoff";
import { type LinkInput, type LinkState, link } from "../src/realtime/link";

const lost: LinkInput = { kind: "lost", error: new ZonedError({ code: "network", message: "cut" }) };
const refused: LinkInput = { kind: "lost", error: new ZonedError({ code: "forbidden", message: "no" }) };

/** Feeds inputs one after another, with no luck in waiting times. */
function run(...inputs: LinkInput[]) {
  let state: LinkState = { kind: "closed" };
  const effects: string[] = [];
  for (const input of inputs) {
    const next = link(state, input, 1000, () => 1);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

describe("the link to a topic", () => {
  it("joins when it is opened, and catches up once it is joined", () => {
    expect(run({ kind: "open", online: true }, { kind: "joined" })).toEqual({
      state: { kind: "live" },
      effects: ["join", "catch_up"],
    });
  });

  it("waits longer after each failure, and briefly again after it was live", () => {
    const once = run({ kind: "open", online: true }, lost).state;
    const twice = run({ kind: "open", online: true }, lost, { kind: "retry" }, lost).state;
    const afterLive = run(
      { kind: "open", online: true },
      lost,
      { kind: "retry" },
      { kind: "joined" },
      lost,
    ).state;
    expect(once).toMatchObject({ kind: "waiting", attempt: 1, until: 2000 });
    expect(twice).toMatchObject({ kind: "waiting", attempt: 2, until: 3000 });
    expect(afterLive).toMatchObject({ kind: "waiting", attempt: 0, until: 1500 });
  });

  it("asks rarely again where it was refused", () => {
    expect(run({ kind: "open", online: true }, refused).state).toMatchObject({
      kind: "waiting",
      until: 61_000,
    });
  });

  it("does nothing without a network, and joins at once when there is one", () => {
    const offline = run(
      { kind: "open", online: true },
      { kind: "joined" },
      { kind: "offline" },
      { kind: "retry" },
      lost,
    );
    expect(offline).toEqual({ state: { kind: "offline" }, effects: ["join", "catch_up", "leave"] });
    expect(run({ kind: "open", online: false }, { kind: "online" }).effects).toEqual(["join"]);
  });

  it("joins anew when it does not trust its connection any more", () => {
    const { state, effects } = run({ kind: "open", online: true }, { kind: "joined" }, { kind: "distrust" });
    expect(state.kind).toBe("joining");
    expect(effects).toEqual(["join", "catch_up", "leave", "join"]);
  });

  it("stays closed until it is opened", () => {
    const inputs: LinkInput[] = [
      { kind: "online" },
      { kind: "joined" },
      lost,
      { kind: "retry" },
      { kind: "distrust" },
    ];
    expect(run(...inputs)).toEqual({ state: { kind: "closed" }, effects: [] });
  });

  it("never holds two subscriptions, nor one while it waits, is offline or closed, whatever happens", () => {
    const input: fc.Arbitrary<LinkInput> = fc.constantFrom(
      { kind: "open", online: true } as const,
      { kind: "open", online: false } as const,
      { kind: "close" } as const,
      { kind: "joined" } as const,
      lost,
      refused,
      { kind: "retry" } as const,
      { kind: "offline" } as const,
      { kind: "online" } as const,
      { kind: "distrust" } as const,
    );
    fc.assert(
      fc.property(
        fc.array(input, { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (inputs, chance) => {
          let state: LinkState = { kind: "closed" };
          let held = 0;
          for (const given of inputs) {
            const next = link(state, given, 0, () => chance);
            state = next.state;
            for (const effect of next.effects) {
              if (effect === "join") held += 1;
              // Leaving what was lost already does nothing.
              if (effect === "leave") held = 0;
            }
            expect(held).toBe(state.kind === "joining" || state.kind === "live" ? 1 : 0);
            if (state.kind === "waiting") expect(state.until).toBeLessThanOrEqual(60_000);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("the time between attempts", () => {
  it("doubles up to a limit, and a part of it is chance", () => {
    expect([1, 2, 3, 4].map((attempt) => backoff(attempt, 500, 30_000, () => 1))).toEqual([
      500, 1000, 2000, 4000,
    ]);
    expect(backoff(50, 500, 30_000, () => 1)).toBe(30_000);
    expect(backoff(1, 500, 30_000, () => 0)).toBe(125);
  });
});
