import type { ZonedError } from "../error.js";
import { toZonedError } from "../error_from.js";
import { eventOf, type ZonedEvent } from "../model/event.js";
import { type Subject, subject } from "../observable.js";
import { backoff } from "./backoff.js";
import type { Reader } from "./catch_up.js";
import type { Environment } from "./environment.js";
import { type LinkInput, type LinkState, link } from "./link.js";
import type { EventOrder } from "./order.js";
import type { Transport } from "./transport.js";

/** What a subscriber is told. */
export interface TopicListener {
  event(event: ZonedEvent): void;
  deleted(documentId: string): void;
  /** Everything up to now was handed on; `first` when it is the first time. */
  synced(first: boolean): void;
  error(error: ZonedError): void;
}

/** How often the database is asked, milliseconds. */
export interface Rhythm {
  /** While no broadcasts arrive. */
  readonly polling: number;
  /** While they do: finds the connection that is dead and does not know it. */
  readonly checking: number;
}

/** Where a topic is: how it gets its events, and since when. */
export interface TopicStatus {
  readonly link: LinkState;
  /** Of the last time all was read, milliseconds as of Date.now. */
  readonly syncedAt: number | null;
  readonly error: ZonedError | null;
}

export interface TopicParts {
  /** The topic's name; may need the network. */
  readonly name: () => Promise<string>;
  /** The document that it is about: when that is deleted, it ends. Null when it is about all. */
  readonly documentId: string | null;
  readonly order: EventOrder;
  readonly reader: Reader;
  readonly transport: Transport;
  readonly environment: Environment;
  readonly rhythm: Rhythm;
}

/** A clock that stood still for longer than this means that the machine slept, milliseconds. */
const SLEPT = 15_000;
/** The database tells for 30 days of documents that were deleted: who was away for longer begins anew, milliseconds. */
const DELETIONS_KEPT = 29 * 24 * 60 * 60 * 1000;
/** A broadcast comes within this time after the database knows its event, milliseconds. */
const BROADCAST_LIMIT = 10_000;

/**
 * One topic, however many listen. Broadcasts bring events at once; whenever some may have been missed the database is
 * asked for what follows the last one handed on. Without broadcasts, it is asked again and again.
 */
export class Topic {
  readonly status: Subject<TopicStatus> = subject<TopicStatus>({
    link: { kind: "closed" },
    syncedAt: null,
    error: null,
  });
  readonly #parts: TopicParts;
  readonly #listeners = new Set<TopicListener>();
  #leave: (() => void) | undefined;
  #unwatch: (() => void) | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #readTimer: ReturnType<typeof setTimeout> | undefined;
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #failures = 0;
  #readAt = 0;
  /** Runs while events that the database told of were not broadcast, though the connection seems to live. */
  #suspicion: ReturnType<typeof setTimeout> | undefined;
  /** Counts joins: what an earlier one still tells is not listened to. */
  #generation = 0;
  /** The join during which all was read once: from then on, broadcasts bring everything. */
  #steadyGeneration = -1;

  constructor(parts: TopicParts) {
    this.#parts = parts;
  }

  /** Listens; the function returned ends that, and the last one to leave closes the topic. */
  subscribe(listener: TopicListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    else if (this.status.get().syncedAt !== null)
      queueMicrotask(() => this.#tell(listener, (to) => to.synced(true)));
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#close();
    };
  }

  /** Tries again now, without waiting any longer. */
  retry(): void {
    this.#feed({ kind: "retry" });
    this.#read();
  }

  /** Joins anew, with the token of now. */
  rejoin(): void {
    this.#feed({ kind: "distrust" });
  }

  #open() {
    const { environment } = this.#parts;
    this.#unwatch = environment.watch({
      online: () => {
        this.#feed({ kind: "online" });
        this.#read();
      },
      offline: () => this.#feed({ kind: "offline" }),
      shown: () => this.#awake(),
    });
    this.#readAt = Date.now();
    this.#feed({ kind: "open", online: environment.online() });
    this.#read();
  }

  #close() {
    this.#unwatch?.();
    clearTimeout(this.#readTimer);
    this.#feed({ kind: "close" });
  }

  #feed(input: LinkInput) {
    const { state, effects } = link(this.status.get().link, input, Date.now());
    if (state === this.status.get().link) return;
    this.status.set({
      ...this.status.get(),
      link: state,
      error: state.kind === "waiting" ? state.error : null,
    });
    clearTimeout(this.#retryTimer);
    if (state.kind === "waiting") {
      this.#retryTimer = setTimeout(
        () => this.#feed({ kind: "retry" }),
        Math.max(state.until - Date.now(), 0),
      );
      this.#announce(state.error);
    }
    for (const effect of effects) {
      if (effect === "leave") this.#leaveNow();
      else if (effect === "join") this.#join();
      else this.#read();
    }
    if (state.kind !== "closed") this.#scheduleRead();
  }

  #leaveNow() {
    this.#trust();
    this.#generation += 1;
    this.#leave?.();
    this.#leave = undefined;
  }

  #join() {
    this.#generation += 1;
    const generation = this.#generation;
    const current = () => generation === this.#generation;
    const lost = (error: ZonedError) => {
      if (current()) this.#feed({ kind: "lost", error });
    };
    this.#parts.name().then(
      (name) => {
        if (!current()) return;
        this.#leave = this.#parts.transport.join(name, {
          joined: () => current() && this.#feed({ kind: "joined" }),
          lost,
          broadcast: (event, payload) => current() && this.#broadcast(event, payload),
        });
      },
      (failure) => lost(toZonedError(failure)),
    );
  }

  #broadcast(name: string, payload: unknown) {
    if (name === "document.deleted") {
      const { document_id } = (payload ?? {}) as { document_id?: unknown };
      if (typeof document_id !== "string") return;
      this.#trust();
      this.#deleted(document_id);
      return;
    }
    const event = eventOf((payload as { record?: unknown } | undefined)?.record);
    if (!event) return;
    this.#trust();
    const { order } = this.#parts;
    this.#deliver(order.broadcast(event));
    if (order.gaps().length > 0 || order.strangers().length > 0) this.#read();
  }

  /** Tells of a deletion unless that was done; whether it was news. */
  #deleted(documentId: string): boolean {
    if (!this.#parts.order.delete(documentId)) return false;
    for (const listener of [...this.#listeners]) this.#tell(listener, (to) => to.deleted(documentId));
    if (documentId === this.#parts.documentId) this.#close();
    return true;
  }

  /** The tab is shown again, or the machine woke. */
  #awake() {
    const slept = Date.now() - this.#readAt > this.#interval() + SLEPT;
    if (slept) this.#feed({ kind: "distrust" });
    this.#feed({ kind: "retry" });
    this.#read();
  }

  #interval(): number {
    const { rhythm, environment } = this.#parts;
    const { kind } = this.status.get().link;
    const usual = kind === "live" ? rhythm.checking : rhythm.polling;
    const patience = environment.visible() ? 1 : 4;
    return this.#failures > 0 ? backoff(this.#failures, usual, 60_000) : usual * patience;
  }

  #scheduleRead() {
    clearTimeout(this.#readTimer);
    if (this.status.get().link.kind === "closed") return;
    const due = Date.now() + this.#interval();
    this.#readTimer = setTimeout(() => {
      // A timer that is late by much: the machine slept, and the connection with it.
      if (Date.now() - due > SLEPT) this.#feed({ kind: "distrust" });
      this.#read();
    }, this.#interval());
  }

  /** Reads what the database has; asked while it does so, it does so once more. */
  #read() {
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    const { kind } = this.status.get().link;
    if (kind === "closed" || kind === "offline") return;
    this.#reading = this.#readOnce().finally(() => {
      this.#reading = undefined;
      if (this.#readAgain && this.#failures === 0) {
        this.#readAgain = false;
        this.#read();
      } else {
        this.#readAgain = false;
        this.#scheduleRead();
      }
    });
  }

  async #readOnce() {
    const generation = this.#generation;
    const steady = this.#steadyGeneration === generation;
    let found = false;
    try {
      await this.#parts.reader.catchUp({
        events: (events) => {
          found ||= events.length > 0;
          this.#deliver(events);
        },
        deleted: (documentId) => {
          if (this.#deleted(documentId)) found = true;
        },
      });
    } catch (failure) {
      this.#failures += 1;
      this.#announce(toZonedError(failure));
      return;
    }
    this.#failures = 0;
    this.#readAt = Date.now();
    const last = this.status.get().syncedAt;
    const first = last === null || this.#readAt - last > DELETIONS_KEPT;
    this.status.set({ ...this.status.get(), syncedAt: this.#readAt });
    for (const listener of [...this.#listeners]) this.#tell(listener, (to) => to.synced(first));
    if (this.status.get().link.kind !== "live" || generation !== this.#generation) return;
    this.#steadyGeneration = generation;
    if (steady && found) this.#suspect();
  }

  #suspect() {
    this.#suspicion ??= setTimeout(() => {
      this.#trust();
      this.#feed({ kind: "distrust" });
    }, BROADCAST_LIMIT);
  }

  #trust() {
    clearTimeout(this.#suspicion);
    this.#suspicion = undefined;
  }

  #deliver(events: readonly ZonedEvent[]) {
    for (const event of events) {
      for (const listener of [...this.#listeners]) this.#tell(listener, (to) => to.event(event));
    }
  }

  #announce(error: ZonedError) {
    for (const listener of [...this.#listeners]) this.#tell(listener, (to) => to.error(error));
  }

  /** A listener that throws harms nobody else: its error is reported as an uncaught one. */
  #tell(listener: TopicListener, call: (to: TopicListener) => void) {
    if (!this.#listeners.has(listener)) return;
    try {
      call(listener);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
