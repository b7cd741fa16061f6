import type { Zone } from "@zoned/client";
import type { Position } from "../geometry/page-layout";

export type PaneName = "page" | "content";

/** What a pane can be asked to do. */
export interface Pane {
  /** Scrolls so that a place is as far down the pane as it is through the document. */
  follow(place: Position): void;
  /** Scrolls so that a place is at the top. */
  goTo(place: Position): void;
  /** Scrolls as little as needed to have a zone in sight. */
  reveal(zone: Zone): void;
  focus(): void;
}

/** Keeps the panes in step. The one last touched leads: scrolling of the others is its doing, and has no consequences. */
export class PaneSync {
  private readonly panes = new Map<PaneName, Pane>();
  private leader: PaneName | null = null;
  enabled = true;

  add(name: PaneName, pane: Pane): () => void {
    this.panes.set(name, pane);
    return () => {
      if (this.panes.get(name) === pane) this.panes.delete(name);
    };
  }

  has(name: PaneName): boolean {
    return this.panes.has(name);
  }

  lead(name: PaneName): void {
    this.leader = name;
  }

  isLeading(name: PaneName): boolean {
    return this.leader === name;
  }

  /** A pane has scrolled to a place. */
  moved(name: PaneName, place: Position): void {
    if (!this.enabled || this.leader !== name) return;
    for (const [other, pane] of this.panes) if (other !== name) pane.follow(place);
  }

  goTo(place: Position): void {
    this.leader = null;
    for (const pane of this.panes.values()) pane.goTo(place);
  }

  reveal(zone: Zone, except?: PaneName): void {
    this.leader = except ?? null;
    for (const [name, pane] of this.panes) if (name !== except) pane.reveal(zone);
  }

  focus(name: PaneName): void {
    this.panes.get(name)?.focus();
  }
}
