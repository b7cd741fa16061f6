import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

/** Looks at what a client sends before it goes on, and may keep it waiting. */
export type Admit = (sent: Buffer) => Promise<void>;

/** A TCP proxy whose connections can be cut, and which can refuse new ones: a network as it is. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private open = true;
  private readonly server: Server;
  private readonly port: number;

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
  }

  /** Its address, to be used instead of the target's. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Passes everything on to the target, an http address, once what watches its connection admits it. */
  static async before(target: string, watch: () => Admit = () => async () => {}): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (!address || typeof address === "string") throw new Error("the proxy has no port");
    const proxy = new TcpProxy(server, address.port);
    server.on("connection", (client) => proxy.pass(client, hostname, Number(port), watch()));
    return proxy;
  }

  private pass(client: Socket, host: string, port: number, admit: Admit): void {
    if (!this.open) {
      client.destroy();
      return;
    }
    const upstream = connect({ host, port, noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    const gate = new Transform({
      transform: (chunk: Buffer, _, done) => void admit(chunk).then(() => done(null, chunk), done),
    });
    client.pipe(gate).pipe(upstream).pipe(client);
  }

  /** Cuts every connection; new ones are refused until `heal`. */
  cut(): void {
    this.open = false;
    this.drop();
  }

  /** Cuts every connection once; new ones get through. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  heal(): void {
    this.open = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
