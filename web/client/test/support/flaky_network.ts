import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** How fast it takes what clients send: a file of some megabytes is on its way long enough to be looked at meanwhile. */
const BYTES_A_MILLISECOND = 12 * 1024;

/** A TCP proxy whose connections can be cut, and that can refuse websockets. */
export class FlakyNetwork {
  readonly url: string;
  /** Refuse upgrades to websockets from now on. */
  blockWebsockets = false;
  /** Cut a connection after so many bytes of an upload; once. */
  cutUploadAfter: number | null = null;
  /** Tokens that chunks of uploads came with. */
  readonly uploadTokens = new Set<string>();
  /** Project keys that chunks of uploads came with. */
  readonly uploadKeys = new Set<string>();
  readonly #server: Server;
  readonly #sockets = new Map<Socket, { websocket: boolean }>();
  #open = true;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(target: string): Promise<FlakyNetwork> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const proxy = new FlakyNetwork(server, address.port);
    server.on("connection", (client) => proxy.#join(client, hostname, Number(port)));
    return proxy;
  }

  #join(client: Socket, host: string, port: number) {
    if (!this.#open) {
      client.destroy();
      return;
    }
    const kind = { websocket: false };
    this.#sockets.set(client, kind);
    const server = connect(port, host);
    let received = 0;
    client.on("data", (data) => {
      received += data.length;
      const head = data.subarray(0, 8192).toString("latin1");
      if (/^(POST|PATCH) \/storage\/v1\/upload\/resumable/.test(head)) {
        this.uploadKeys.add(/^apikey: (.*)$/im.exec(head)?.[1] ?? "none");
        this.uploadTokens.add(/^authorization: Bearer (.*)$/im.exec(head)?.[1] ?? "none");
      }
      if (/upgrade: websocket/i.test(head)) {
        kind.websocket = true;
        if (this.blockWebsockets) {
          client.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
          return;
        }
      }
      if (this.cutUploadAfter !== null && received > this.cutUploadAfter) {
        this.cutUploadAfter = null;
        client.destroy();
        return;
      }
      client.pause();
      const drained = server.write(data)
        ? Promise.resolve()
        : new Promise((resolve) => server.once("drain", resolve));
      const sent = new Promise((resolve) =>
        setTimeout(resolve, Math.floor(data.length / BYTES_A_MILLISECOND)),
      );
      void Promise.all([drained, sent]).then(() => client.resume());
    });
    server.on("data", (data) => client.write(data));
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on("close", () => {
        this.#sockets.delete(client);
        other.destroy();
      });
      socket.on("error", () => other.destroy());
    }
  }

  /** Cuts every connection, or those of websockets alone. */
  cut(which: "all" | "websockets" = "all") {
    for (const [socket, { websocket }] of this.#sockets) if (which === "all" || websocket) socket.destroy();
  }

  /** Websockets that are open. */
  websockets(): number {
    return [...this.#sockets.values()].filter(({ websocket }) => websocket).length;
  }

  /** Lets nothing through any more. */
  close() {
    this.#open = false;
    this.cut();
  }

  open() {
    this.#open = true;
  }

  async end() {
    this.close();
    this.#server.close();
    await once(this.#server, "close");
  }
}
