import type { Zone } from "@zoned/client";
import { describe, expect, it } from "vitest";
import { type Pane, PaneSync } from "./pane-sync";

function pane(name: string, calls: string[]): Pane {
  return {
    follow: () => calls.push(`${name} follows`),
    goTo: () => calls.push(`${name} goes`),
    reveal: () => calls.push(`${name} reveals`),
    focus: () => calls.push(`${name} focused`),
  };
}

function panes() {
  const sync = new PaneSync();
  const calls: string[] = [];
  const removePage = sync.add("page", pane("page", calls));
  sync.add("content", pane("content", calls));
  return { sync, calls, removePage };
}

const zone = { id: "a zone", pageNumber: 4 } as Zone;

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

  it("show a zone that was selected, whatever the pane it was selected in still scrolls", () => {
    const { sync, calls } = panes();
    sync.lead("content");
    sync.reveal(zone, "content");
    sync.moved("content", place);
    sync.moved("page", place);
    expect(calls).toEqual(["page reveals"]);
    sync.lead("content");
    sync.moved("content", place);
    expect(calls).toEqual(["page reveals", "page follows"]);
  });

  it("show a selected zone again when their size changes, and when they are opened, until one of them is touched", () => {
    const { sync, calls, removePage } = panes();
    sync.reveal(zone, "content");
    sync.reshaped("page");
    removePage();
    sync.add("page", pane("new page", calls));
    expect(calls).toEqual(["page reveals", "page reveals", "new page reveals"]);
    sync.lead("content");
    sync.reshaped("page");
    expect(calls).toHaveLength(3);
  });

  it("forget a pane that is gone", () => {
    const { sync, calls, removePage } = panes();
    removePage();
    sync.goTo(place);
    expect(calls).toEqual(["content goes"]);
    expect(sync.has("page")).toBe(false);
  });
});
