import type { Zone } from "@zoned/client";
import type { Position } from "../geometry/page-layout";

export type PaneName = "page" | "content";

/** What a pane can be asked to do. */
export interface Pane {
  /** Scrolls so that a place is as far down the pane as it is through the document. */
  follow(place: Position): void;
  /** Scrolls so that a place is at the top. */
  goTo(place: Position): void;
  /** Scrolls, if needed, to have a zone in sight. */
  reveal(zone: Zone): void;
  focus(): void;
}

/**
 * Keeps the panes in step. The one last touched leads: scrolling of the others is its doing, and has no consequences. A place or a
 * zone that was asked for stays in sight until a pane is touched again: what scrolls meanwhile is the end of something older.
 */
export class PaneSync {
  private readonly panes = new Map<PaneName, Pane>();
  private leader: PaneName | null = null;
  private revealed: { readonly zone: Zone; readonly pointedAtIn: PaneName | undefined } | null = null;
  enabled = true;

  /** A pane that comes later than a zone was asked for shows it too. */
  add(name: PaneName, pane: Pane): () => void {
    this.panes.set(name, pane);
    this.reshaped(name);
    return () => {
      if (this.panes.get(name) === pane) this.panes.delete(name);
    };
  }

  has(name: PaneName): boolean {
    return this.panes.has(name);
  }

  lead(name: PaneName): void {
    this.leader = name;
    this.revealed = null;
  }

  isLeading(name: PaneName): boolean {
    return this.leader === name;
  }

  /** A pane has scrolled to a place. */
  moved(name: PaneName, place: Position): void {
    if (!this.enabled || this.leader !== name) return;
    for (const [other, pane] of this.panes) if (other !== name) pane.follow(place);
  }

  /** A pane shows another part than before because its size or its content has changed. */
  reshaped(name: PaneName): void {
    const { revealed } = this;
    if (revealed && revealed.pointedAtIn !== name) this.panes.get(name)?.reveal(revealed.zone);
  }

  goTo(place: Position): void {
    this.leader = null;
    this.revealed = null;
    for (const pane of this.panes.values()) pane.goTo(place);
  }

  /** Has a zone in sight in all panes; the one it was pointed at in stays as it is. */
  reveal(zone: Zone, pointedAtIn?: PaneName): void {
    this.leader = null;
    this.revealed = { zone, pointedAtIn };
    for (const [name, pane] of this.panes) if (name !== pointedAtIn) pane.reveal(zone);
  }

  focus(name: PaneName): void {
    this.panes.get(name)?.focus();
  }
}
