// A network made of words: which names have which addresses, and what is said on a connection.

import type { Connection } from "../api/platform/http1.ts";
import type { Network } from "../api/platform/public_http.ts";

/** A connection that says `text`, `size` bytes at a time, whatever it is sent. */
export function saying(text: string, size = 7): Connection & { sent: () => string; closed: () => boolean } {
  const bytes = new TextEncoder().encode(text);
  const sent: Uint8Array[] = [];
  let [at, closed] = [0, false];
  return {
    read(buffer) {
      if (closed) {
        return Promise.reject(new Error("closed"));
      }
      const part = bytes.subarray(at, at + Math.min(size, buffer.length));
      buffer.set(part);
      at += part.length;
      return Promise.resolve(part.length === 0 ? null : part.length);
    },
    write(part) {
      sent.push(part.slice());
      return Promise.resolve(part.length);
    },
    close() {
      closed = true;
    },
    sent: () => sent.map((part) => new TextDecoder().decode(part)).join(""),
    closed: () => closed,
  };
}

/** Names with the addresses of each lookup in turn, and answers by address; remembers who was connected to. */
export function networkOf(names: Record<string, string[][]>, answers: Record<string, string>) {
  const connected: string[] = [];
  const secured: string[] = [];
  const network: Network = {
    resolve(host) {
      const addresses = names[host]?.shift();
      return addresses === undefined ? Promise.reject(new Error("no such name")) : Promise.resolve(addresses);
    },
    connect(address, port) {
      connected.push(`${address}:${port}`);
      const answer = answers[address];
      return answer === undefined ? Promise.reject(new Error("refused")) : Promise.resolve(saying(answer));
    },
    secure(connection, host) {
      secured.push(host);
      return Promise.resolve(connection);
    },
  };
  return { network, connected, secured };
}
