import { describe, expect, it } from "vitest";
import { parseViewState } from "./view-state";

const FIRST_VISIT = {
  position: { index: 0, fraction: 0 },
  zoom: "width",
  rotation: 0,
  panes: null,
  split: 0.5,
  hiddenKinds: [],
  minConfidence: 0,
  zonesVisible: true,
  follow: true,
};

describe("where somebody left off", () => {
  it("is the beginning at the first visit", () => {
    expect(parseViewState({})).toEqual(FIRST_VISIT);
  });

  it("is taken up again", () => {
    const kept = {
      page: 57,
      fraction: 0.25,
      zoom: 1.5,
      rotation: 90,
      panes: "content",
      split: 0.3,
      hiddenKinds: ["footer"],
      minConfidence: 0.4,
      zonesVisible: false,
      follow: false,
    };
    expect(parseViewState(kept)).toEqual({
      position: { index: 56, fraction: 0.25 },
      zoom: 1.5,
      rotation: 90,
      panes: "content",
      split: 0.3,
      hiddenKinds: ["footer"],
      minConfidence: 0.4,
      zonesVisible: false,
      follow: false,
    });
  });

  it("survives what it does not understand", () => {
    const kept = {
      page: "last",
      fraction: Number.NaN,
      zoom: "enormous",
      rotation: 45,
      panes: 7,
      split: 99,
      hiddenKinds: ["spaceship", 3],
      minConfidence: null,
    };
    expect(parseViewState(kept)).toEqual({ ...FIRST_VISIT, split: 0.85 });
  });
});
