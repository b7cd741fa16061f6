import type { ZonedSupabase } from "../context.js";
import type { ZonedError } from "../error.js";
import type { ZonedEvent } from "../model/event.js";
import { type Observable, subject } from "../observable.js";
import { type Backlog, supabaseBacklog } from "./backlog.js";
import { documentReader, userReader } from "./catch_up.js";
import { type ConnectionState, connectionOf } from "./connection.js";
import { type Environment, environment as machine } from "./environment.js";
import { EventOrder } from "./order.js";
import { type Rhythm, Topic, type TopicListener } from "./topic.js";
import { supabaseTransport, type Transport } from "./transport.js";

/** What a watcher is told. */
export interface WatchHandlers {
  /** Each event once, those of a document in the order of their `seq`, none left out. */
  onEvent?(event: ZonedEvent): void;
  /** A document was deleted. Told once: at once while live, and of what was deleted meanwhile as soon as that is over. */
  onDeleted?(documentId: string): void;
  /**
   * Everything up to now was handed on; `first` when watching has just begun, or goes on after more than four weeks: whatever
   * was read from the database before may be older than that.
   */
  onSynced?(first: boolean): void;
  /** Something does not work at the moment. It is tried again, nothing needs to be done. */
  onError?(error: ZonedError): void;
}

/** Handlers, or the one for events. */
export type Watcher = WatchHandlers | ((event: ZonedEvent) => void);

/** Watches documents. */
export interface Watch {
  document(id: string, watcher: Watcher): () => void;
  documents(watcher: Watcher): () => void;
  readonly connection: Observable<ConnectionState>;
  /** Tries again now. */
  retry(): void;
  close(): void;
}

/** What watching is made of; each part can be replaced in tests. */
export interface WatchParts {
  readonly transport: Transport;
  readonly backlog: Backlog;
  readonly environment: Environment;
  readonly rhythm: Rhythm;
}

const RHYTHM: Rhythm = { polling: 3000, checking: 30_000 };

interface Subscription {
  /** A document's id, or null: all of the user's. */
  readonly scope: string | null;
  readonly listener: TopicListener;
  end: (() => void) | undefined;
}

export function watchOf(supabase: ZonedSupabase, given: Partial<WatchParts> = {}): Watch {
  const parts: WatchParts = {
    transport: given.transport ?? supabaseTransport(supabase),
    backlog: given.backlog ?? supabaseBacklog(supabase),
    environment: given.environment ?? machine(),
    rhythm: given.rhythm ?? RHYTHM,
  };
  const subscriptions = new Set<Subscription>();
  const topics = new Map<string | null, Topic>();
  const connection = subject<ConnectionState>({ status: "idle", retryAt: null, error: null });
  /** Undefined until it is known, null when nobody is signed in. */
  let user: string | null | undefined;
  let endAuth: (() => void) | undefined;

  function summarise() {
    const next = connectionOf(
      [...topics.values()].map((topic) => topic.status.get()),
      user !== null,
    );
    const last = connection.get();
    if (last.status !== next.status || last.retryAt !== next.retryAt || last.error !== next.error)
      connection.set(next);
  }

  function topicOf(scope: string | null): Topic {
    const present = topics.get(scope);
    if (present) return present;
    const order = new EventOrder();
    const { transport, backlog, environment, rhythm } = parts;
    const topic = new Topic({
      name: scope === null ? () => backlog.userTopic() : async () => `document:${scope}`,
      documentId: scope,
      order,
      reader: scope === null ? userReader(backlog, order) : documentReader(backlog, order, scope),
      transport,
      environment,
      rhythm,
    });
    topic.status.subscribe(summarise);
    topics.set(scope, topic);
    return topic;
  }

  function start(subscription: Subscription) {
    const { scope, listener } = subscription;
    const topic = topicOf(scope);
    const leave = topic.subscribe(listener);
    subscription.end = () => {
      leave();
      if (topic.status.get().link.kind === "closed") {
        // A new topic starts from then on; this one would hand on all that happened in between.
        if (topics.get(scope) === topic) topics.delete(scope);
        summarise();
      }
    };
  }

  function stop(subscription: Subscription) {
    subscription.end?.();
    subscription.end = undefined;
  }

  function signedIn(now: string | null) {
    if (now === user) return;
    user = now;
    for (const subscription of subscriptions) stop(subscription);
    if (user !== null) for (const subscription of subscriptions) start(subscription);
    summarise();
  }

  function followAuth() {
    if (endAuth) return;
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      signedIn(session?.user.id ?? null);
      if (event === "TOKEN_REFRESHED") {
        for (const topic of topics.values()) if (topic.status.get().link.kind === "waiting") topic.retry();
      }
    });
    endAuth = () => data.subscription.unsubscribe();
  }

  function add(scope: string | null, watcher: Watcher): () => void {
    followAuth();
    const subscription: Subscription = { scope, listener: listenerOf(watcher), end: undefined };
    subscriptions.add(subscription);
    if (user) start(subscription);
    return () => {
      if (!subscriptions.delete(subscription)) return;
      stop(subscription);
    };
  }

  return {
    document: (id, watcher) => add(id.toLowerCase(), watcher),
    documents: (watcher) => add(null, watcher),
    connection,
    retry() {
      for (const topic of topics.values()) topic.retry();
    },
    close() {
      endAuth?.();
      endAuth = undefined;
      user = undefined;
      for (const subscription of subscriptions) stop(subscription);
      subscriptions.clear();
    },
  };
}

function listenerOf(watcher: Watcher): TopicListener {
  const handlers: WatchHandlers = typeof watcher === "function" ? { onEvent: watcher } : watcher;
  return {
    event: (event) => handlers.onEvent?.(event),
    deleted: (documentId) => handlers.onDeleted?.(documentId),
    synced: (first) => handlers.onSynced?.(first),
    error: (error) => handlers.onError?.(error),
  };
}
