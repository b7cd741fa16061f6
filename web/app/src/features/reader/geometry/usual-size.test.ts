import { expect, it } from "vitest";
import { usualSize } from "./usual-size";

it("the usual size is the one most pages have, differences below a point aside", () => {
  const a4 = { width: 595.28, height: 841.89 };
  expect(usualSize([{ width: 960, height: 540 }, a4, { width: 595.3, height: 841.9 }])).toEqual(a4);
  expect(usualSize([])).toBeNull();
});
