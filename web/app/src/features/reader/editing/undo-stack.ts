/** Something that was done and can be undone and done again. Both may fail; then it is forgotten. */
export interface Step {
  /** What was done, as in "Undo: delete zone". */
  readonly label: string;
  undo(): Promise<void>;
  redo(): Promise<void>;
}

export interface UndoState {
  /** What undo and redo would do next; null when there is nothing. */
  readonly undo: string | null;
  readonly redo: string | null;
}

/** What was done longer ago is not kept: its history in the database is. */
const MOST_STEPS = 200;

/** Steps done and undone. One at a time moves: calls while one is under way wait for it. */
export class UndoStack {
  private past: Step[] = [];
  private future: Step[] = [];
  private moving: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private current: UndoState = { undo: null, redo: null };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): UndoState => this.current;

  /** Remembers what was just done. What had been undone before cannot be redone any more. */
  push(step: Step): void {
    this.past = [...this.past, step].slice(-MOST_STEPS);
    this.future = [];
    this.tell();
  }

  /** Work that may become a step: undo and redo wait until it has, or has failed. */
  hold<Result>(work: Promise<Result>): Promise<Result> {
    this.moving = Promise.allSettled([this.moving, work]);
    return work;
  }

  /** Undoes the last step; gives its label, null when there is none. */
  undo(): Promise<string | null> {
    return this.move(async () => {
      const step = this.past.pop();
      if (!step) return null;
      this.tell();
      await step.undo();
      this.future.push(step);
      return step.label;
    });
  }

  /** Does again what was undone last; gives its label, null when there is none. */
  redo(): Promise<string | null> {
    return this.move(async () => {
      const step = this.future.pop();
      if (!step) return null;
      this.tell();
      await step.redo();
      this.past.push(step);
      return step.label;
    });
  }

  private move(work: () => Promise<string | null>): Promise<string | null> {
    const result = this.moving.then(work).finally(() => this.tell());
    this.moving = result.catch(() => undefined);
    return result;
  }

  private tell(): void {
    this.current = { undo: this.past.at(-1)?.label ?? null, redo: this.future.at(-1)?.label ?? null };
    for (const listener of this.listeners) listener();
  }
}
