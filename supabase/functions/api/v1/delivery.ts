// Sending deliveries, signed as https://www.standardwebhooks.com describes, so that its libraries can verify them.

import { namedHostsOnly, privateHosts } from "../platform/environment.ts";
import { Problem } from "../platform/problem.ts";
import { internet, type Network, send } from "../platform/public_http.ts";

export const DELIVERIES_AT_A_TIME = 20;
const LIMIT_MS = 10_000;

export type Delivery = {
  delivery_id: string;
  webhook_id: string;
  url: string;
  event: string;
  payload: Record<string, unknown>;
  attempt: number;
  secret: string;
};

/** The answer's status, or why there was none. */
export type Outcome = { status: number | null; error: string | null };

type Settle = (delivery: Delivery, outcome: Outcome) => Promise<void>;

/** Sends them side by side; each is settled as soon as it has ended. */
export async function deliverAll(
  deliveries: Delivery[],
  settle: Settle,
): Promise<{ delivered: number; failed: number }> {
  const outcomes = await Promise.all(
    deliveries.map(async (delivery) => {
      const outcome = await deliverOne(delivery);
      await settle(delivery, outcome);
      return outcome;
    }),
  );
  const delivered = outcomes.filter(({ status }) => status !== null && status >= 200 && status < 300).length;
  return { delivered, failed: outcomes.length - delivered };
}

/** One attempt. Redirects are not followed: a webhook is where its owner said. */
export async function deliverOne(delivery: Delivery, network: Network = internet): Promise<Outcome> {
  const body = JSON.stringify({ id: delivery.delivery_id, ...delivery.payload });
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const answer = await send(
      delivery.url,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "webhook-id": delivery.delivery_id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": await signature(delivery, timestamp, body),
        },
        body: new TextEncoder().encode(body),
        maxRedirects: 0,
        signal: AbortSignal.timeout(LIMIT_MS),
        privateHosts: privateHosts(),
        namedHostsOnly: namedHostsOnly(),
        plainHttp: false,
      },
      network,
    );
    await answer.body.cancel();
    const good = answer.status >= 200 && answer.status < 300;
    return {
      status: answer.status,
      error: good ? null : `The address answered with status ${answer.status}.`,
    };
  } catch (error) {
    return {
      status: null,
      error: error instanceof Problem ? error.message : "The request could not be sent.",
    };
  }
}

/** HMAC-SHA256 over id, time and body. */
export async function signature(
  { delivery_id, secret }: Delivery,
  timestamp: number,
  body: string,
): Promise<string> {
  const key = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (character) => character.charCodeAt(0));
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const signed = await crypto.subtle.sign(
    "HMAC",
    imported,
    new TextEncoder().encode(`${delivery_id}.${timestamp}.${body}`),
  );
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signed)))}`;
}
