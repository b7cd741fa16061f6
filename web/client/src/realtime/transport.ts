import type { RealtimeChannel } from "@supabase/supabase-js";
import type { ZonedSupabase } from "../context.js";
import { ZonedError } from "../error.js";
import { toZonedError } from "../error_from.js";

/** What a subscription tells. */
export interface TransportHandlers {
  joined(): void;
  /** Called once; afterwards the subscription is of no use. */
  lost(error: ZonedError): void;
  broadcast(event: string, payload: unknown): void;
}

/** Subscribes to topics. */
export interface Transport {
  /** Joins a private topic; the function returned leaves it. */
  join(topic: string, handlers: TransportHandlers): () => void;
}

/** Leaving a topic waits no longer than this before it is joined again, milliseconds. */
const LEAVE_LIMIT = 2000;

/** Topics over the websocket of supabase-js. Each join is a new channel with a fresh token. */
export function supabaseTransport(supabase: ZonedSupabase): Transport {
  const leaving = new Map<string, Promise<unknown>>();

  function leave(topic: string, channel: RealtimeChannel) {
    const left = supabase.removeChannel(channel).catch(() => undefined);
    leaving.set(topic, left);
    void left.finally(() => {
      if (leaving.get(topic) === left) leaving.delete(topic);
    });
  }

  return {
    join(topic, handlers) {
      let channel: RealtimeChannel | undefined;
      let over = false;
      const end = () => {
        if (over) return;
        over = true;
        if (channel) leave(topic, channel);
      };
      const lose = (error: ZonedError) => {
        if (over) return;
        end();
        handlers.lost(error);
      };
      const start = async () => {
        await Promise.race([leaving.get(topic), new Promise((resolve) => setTimeout(resolve, LEAVE_LIMIT))]);
        await supabase.realtime.setAuth();
        if (over) return;
        channel = supabase.channel(topic, { config: { private: true } });
        channel.on("broadcast", { event: "*" }, (message) => {
          if (!over) handlers.broadcast(message.event, message["payload"]);
        });
        channel.subscribe((status, error) => {
          if (over) return;
          if (status === "SUBSCRIBED") handlers.joined();
          else lose(lossOf(status, error));
        });
      };
      start().catch((failure) => lose(toZonedError(failure)));
      return end;
    },
  };
}

function lossOf(status: string, error: Error | undefined): ZonedError {
  const message = error?.message ?? "";
  if (/unauthorized|permission/i.test(message)) {
    return new ZonedError({ code: "forbidden", message: "You may not listen to this.", cause: error });
  }
  if (/token|jwt|expired/i.test(message)) {
    return new ZonedError({
      code: "unauthenticated",
      message: "Your session is over.",
      retryable: true,
      cause: error,
    });
  }
  return new ZonedError({
    code: status === "TIMED_OUT" ? "timeout" : "network",
    message: "Live updates are interrupted.",
    hint: "They come back by themselves.",
    cause: error,
  });
}
