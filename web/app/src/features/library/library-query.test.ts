import { describe, expect, it } from "vitest";
import { FIRST_VIEW, paramsOf, queryOf, viewOf } from "./library-query";

describe("the library's address", () => {
  it("is bare for the first view", () => expect(paramsOf(FIRST_VIEW).toString()).toBe(""));

  it.each([
    "q=annual+report&show=failed",
    "sort=name",
    "sort=name&order=desc",
    "order=asc",
    "show=working&sort=page_count",
  ])("%s is read and written alike", (address) =>
    expect(paramsOf(viewOf(new URLSearchParams(address))).toString()).toBe(address),
  );

  it("gives the first view for what it does not know", () => {
    expect(viewOf(new URLSearchParams("show=constructor&sort=toString&order=sideways"))).toEqual(FIRST_VIEW);
  });

  it("asks for the statuses that a choice means", () => {
    expect(queryOf(viewOf(new URLSearchParams("q=+tea+&show=working")))).toEqual({
      search: "tea",
      statuses: ["awaiting_upload", "queued", "processing"],
      sort: "created_at",
      descending: true,
    });
    expect(queryOf(FIRST_VIEW)).toEqual({ sort: "created_at", descending: true });
  });
});
