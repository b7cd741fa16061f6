/**
 * A value that changes over time. `get` and `subscribe` are what React's `useSyncExternalStore` takes; `get` gives the
 * same object until the value changes.
 */
export interface Observable<Value> {
  /** The value now. */
  get(): Value;
  /** Calls back after each change; the function returned ends that. */
  subscribe(listener: () => void): () => void;
}

/** An {@link Observable} with its other end. */
export interface Subject<Value> extends Observable<Value> {
  /** Changes the value and tells. */
  set(value: Value): void;
}

/** A value to observe and to set. */
export function subject<Value>(initial: Value): Subject<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}
