import { describe, expect, it } from "vitest";
import { PaneSync } from "./pane-sync";

function panes() {
  const sync = new PaneSync();
  const calls: string[] = [];
  const pane = (name: string) => ({
    follow: () => calls.push(`${name} follows`),
    goTo: () => calls.push(`${name} goes`),
    reveal: () => calls.push(`${name} reveals`),
    focus: () => calls.push(`${name} focused`),
  });
  const removePage = sync.add("page", pane("page") as never);
  sync.add("content", pane("content") as never);
  return { sync, calls, removePage };
}

const place = { index: 3, fraction: 0.5 };

describe("panes in step", () => {
  it("follow the one last touched, and no other", () => {
    const { sync, calls } = panes();
    sync.lead("page");
    sync.moved("page", place);
    sync.moved("content", place);
    expect(calls).toEqual(["content follows"]);
    sync.lead("content");
    sync.moved("content", place);
    expect(calls).toEqual(["content follows", "page follows"]);
  });

  it("are left alone when that is switched off", () => {
    const { sync, calls } = panes();
    sync.enabled = false;
    sync.lead("page");
    sync.moved("page", place);
    expect(calls).toEqual([]);
  });

  it("go to a place together, and do not chase each other there", () => {
    const { sync, calls } = panes();
    sync.lead("page");
    sync.goTo(place);
    sync.moved("page", place);
    sync.moved("content", place);
    expect(calls).toEqual(["page goes", "content goes"]);
  });

  it("forget a pane that is gone", () => {
    const { sync, calls, removePage } = panes();
    removePage();
    sync.goTo(place);
    expect(calls).toEqual(["content goes"]);
    expect(sync.has("page")).toBe(false);
  });
});
