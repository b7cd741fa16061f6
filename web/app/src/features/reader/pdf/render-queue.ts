/** A piece of work that may be given up. */
export type Work<Result> = (signal: AbortSignal) => Promise<Result>;

interface Entry {
  readonly key: string;
  priority: number;
  start: () => void;
  readonly controller: AbortController;
}

/**
 * Runs a few pieces of work at a time, the one with the lowest number first. Whatever waits can be given another number; what is
 * no longer wanted is dropped or, when it runs already, stopped.
 */
export class RenderQueue {
  private readonly waiting = new Map<string, Entry>();
  private readonly running = new Map<string, Entry>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.waiting.size + this.running.size;
  }

  /** Queues work under a key that is not in use; rejects with an AbortError when it is canceled. */
  add<Result>(key: string, priority: number, work: Work<Result>): Promise<Result> {
    if (this.has(key)) throw new Error(`${key} is in the queue already`);
    return new Promise<Result>((resolve, reject) => {
      const controller = new AbortController();
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
      const entry: Entry = {
        key,
        priority,
        controller,
        start: () => {
          this.running.set(key, entry);
          work(controller.signal)
            .then(resolve, reject)
            .finally(() => {
              if (this.running.get(key) === entry) this.running.delete(key);
              this.next();
            });
        },
      };
      this.waiting.set(key, entry);
      this.next();
    });
  }

  has(key: string): boolean {
    return this.waiting.has(key) || this.running.has(key);
  }

  prioritise(key: string, priority: number): void {
    const entry = this.waiting.get(key);
    if (entry) entry.priority = priority;
  }

  cancel(key: string): void {
    const entry = this.waiting.get(key) ?? this.running.get(key);
    if (!entry) return;
    this.waiting.delete(key);
    // Its place is free at once for the key; the work itself ends when it notices.
    if (this.running.get(key) === entry) this.running.delete(key);
    entry.controller.abort(new DOMException("no longer wanted", "AbortError"));
    this.next();
  }

  cancelAll(): void {
    for (const key of [...this.waiting.keys(), ...this.running.keys()]) this.cancel(key);
  }

  private next(): void {
    while (this.running.size < this.limit && this.waiting.size > 0) {
      const [first] = [...this.waiting.values()].sort((one, other) => one.priority - other.priority);
      if (!first) return;
      this.waiting.delete(first.key);
      first.start();
    }
  }
}
