// HTTP to addresses that users name. Such a request must never reach what only this machine can: each hop's name is
// resolved once, every address found must be public, and the connection goes to the very address that was checked, so
// that a name that answers differently a second time gains nothing. `fetch` resolves by itself, hence this client: one
// request a connection, HTTP/1.1 (RFC 9112).

import { lookup } from "node:dns/promises";
import { isAddress, isPublic } from "./addresses.ts";
import { type Connection, exchangeOver, type Incoming } from "./http1.ts";
import { Problem } from "./problem.ts";

const REDIRECTS = [301, 302, 303, 307, 308];
const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/** How names become addresses and addresses connections. */
export type Network = {
  resolve(host: string): Promise<string[]>;
  connect(address: string, port: number): Promise<Connection>;
  secure(connection: Connection, host: string): Promise<Connection>;
};

export const internet: Network = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  connect: (hostname, port) => Deno.connect({ hostname, port }),
  secure: (connection, hostname) =>
    Deno.startTls(connection as Deno.TcpConn, { hostname, alpnProtocols: ["http/1.1"] }),
};

export type Request = {
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: Uint8Array;
  maxRedirects: number;
  /** Ends the whole exchange, its body included. */
  signal: AbortSignal;
  /** `host` or `host:port` that may be private and speak plain HTTP. */
  privateHosts: string[];
  /** Whether no other host may be called at all. */
  namedHostsOnly: boolean;
  /** Whether others may speak plain HTTP too. */
  plainHttp: boolean;
};

/** Sends a request and follows its redirects. The answer's body is to be read or cancelled. */
export async function send(
  address: string,
  request: Request,
  network: Network = internet,
): Promise<Incoming> {
  let url = checked(address, request);
  for (let hop = 0; ; hop += 1) {
    const answer = await sendOnce(url, request, network);
    const location = answer.headers.get("location");
    if (request.maxRedirects === 0 || !REDIRECTS.includes(answer.status) || location === null) {
      return answer;
    }
    await answer.body.cancel();
    if (hop === request.maxRedirects) {
      throw new Problem(
        422,
        "too_many_redirects",
        `The address redirects more than ${request.maxRedirects} times.`,
      );
    }
    const next = URL.canParse(location, url) ? new URL(location, url).href : location;
    url = checked(next, request);
  }
}

/** The parts of an address that can be judged before anything is resolved. */
export function checked(
  address: string,
  { privateHosts, plainHttp }: Pick<Request, "privateHosts" | "plainHttp">,
): URL {
  if (!URL.canParse(address)) {
    throw forbidden("The address is no URL.");
  }
  const url = new URL(address);
  const trusted = privateHosts.includes(url.host) || privateHosts.includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && (plainHttp || trusted))) {
    throw forbidden(
      plainHttp ? "Only http and https addresses can be used." : "Only https addresses can be used.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw forbidden("The address holds a user or a password.");
  }
  if (url.port !== "" && !trusted) {
    throw forbidden("Only the ports 80 (http) and 443 (https) can be used.");
  }
  const host = bare(url);
  if (!trusted && (isAddress(host) ? !isPublic(host) : isLocalName(host))) {
    throw forbidden("The address is not on the public internet.");
  }
  return url;
}

async function sendOnce(url: URL, request: Request, network: Network): Promise<Incoming> {
  request.signal.throwIfAborted();
  const trusted = request.privateHosts.includes(url.host) || request.privateHosts.includes(url.hostname);
  if (!trusted && request.namedHostsOnly) {
    throw forbidden("This project calls no hosts but those that its operator named.");
  }
  const host = bare(url);
  const found = isAddress(host)
    ? [host]
    : await interruptible(network.resolve(host), request.signal).catch((error) => {
        throw unreachable("Its name cannot be resolved.", error, request.signal);
      });
  if (found.length === 0) {
    throw unreachable("Its name cannot be resolved.", undefined, request.signal);
  }
  if (!trusted && !found.every(isPublic)) {
    throw forbidden("The address is not on the public internet.");
  }
  const connection = await connectTo(found[0] as string, url, network, request.signal);
  try {
    return await exchangeOver(connection, url, request);
  } catch (error) {
    throw unreachable("It did not give a proper answer.", error, request.signal);
  }
}

async function connectTo(
  address: string,
  url: URL,
  network: Network,
  signal: AbortSignal,
): Promise<Connection> {
  const port = url.port === "" ? (DEFAULT_PORTS[url.protocol] as number) : Number(url.port);
  let connection: Connection | undefined;
  try {
    const connecting = network.connect(address, port);
    connection = await interruptible(connecting, signal).catch((error) => {
      connecting.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    });
    return url.protocol === "https:"
      ? await interruptible(network.secure(connection, bare(url)), signal)
      : connection;
  } catch (error) {
    close(connection);
    throw unreachable("It cannot be connected to.", error, signal);
  }
}

/** The promise, or the reason of the signal if that comes first. */
function interruptible<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) {
      return stop();
    }
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function close(connection: Connection | undefined): void {
  try {
    connection?.close();
  } catch {
    // Closed already.
  }
}

function bare(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** Names that mean this machine or its network whatever a resolver says (RFC 6761, RFC 6762, RFC 8375). */
function isLocalName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return !name.includes(".") || /\.(localhost|local|internal|home\.arpa|lan|intranet)$/.test(name);
}

function forbidden(detail: string): Problem {
  return new Problem(422, "address_not_allowed", detail, { hint: "Give an address on the public internet." });
}

function unreachable(detail: string, cause: unknown, signal: AbortSignal): Problem {
  if (cause instanceof Problem) {
    return cause;
  }
  if (signal.aborted) {
    return new Problem(422, "address_too_slow", "The address did not answer in time.", { cause });
  }
  return new Problem(422, "address_unreachable", `The address cannot be used. ${detail}`, { cause });
}
