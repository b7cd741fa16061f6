import { afterAll, beforeAll, inject } from "vitest";
import { closeBrowser } from "./browser";
import { Process } from "./process";
import { program } from "./project";
import { type Admit, TcpProxy } from "./proxy";

/** The requests that save pages, up to the number of the first of them, or a zone that is read again. */
const SAVE = /^POST \/rest\/v1\/rpc\/save_(?:pages [\s\S]*?"page_number":\s*(\d+)|zone )/;

/**
 * Lets a daemon save pages, or keeps it from doing so: documents are in the midst of being read then, for as long as a test wants
 * to look at them, however fast or slow the machine is.
 */
class SaveGate {
  private last = Number.POSITIVE_INFINITY;
  private waiting: (() => void)[] = [];

  /** Holds pages after that one of their documents, and every zone that is read again. */
  hold(last: number): void {
    this.last = last;
  }

  /** Lets everything pass again. */
  open(): void {
    this.last = Number.POSITIVE_INFINITY;
    for (const go of this.waiting.splice(0)) go();
  }

  /** Watches one connection. */
  watch(): Admit {
    let request = "";
    return async (sent) => {
      const text = sent.toString("latin1");
      request = text.startsWith("POST ") || text.startsWith("GET ") ? text : request + text;
      const save = SAVE.exec(request);
      // Nothing else of this request matters.
      if (save || request.length > 1_000_000) request = "";
      if (save && Number(save[1] ?? Number.MAX_VALUE) > this.last) {
        await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    };
  }
}

/** Whether connections to the project can be held and cut. They cannot behind TLS, where plain ones would come to another host. */
export const canHold = () => !inject("system").project.url.startsWith("https:");

/** A daemon of its own, and what holds its saves. */
export class Daemon {
  readonly saves: SaveGate;
  private readonly process: Process;
  private readonly proxy: TcpProxy | null;

  private constructor(process: Process, proxy: TcpProxy | null, saves: SaveGate) {
    this.process = process;
    this.proxy = proxy;
    this.saves = saves;
  }

  /** A daemon that is ready to work. */
  static async start(settings: Record<string, string> = {}): Promise<Daemon> {
    const { project, worker } = inject("system");
    const saves = new SaveGate();
    const proxy = canHold() ? await TcpProxy.before(project.url, () => saves.watch()) : null;
    const daemon = Process.start("zoned work", program("zoned"), {
      arguments: ["work"],
      environment: {
        SUPABASE_URL: proxy?.url ?? project.url,
        SUPABASE_PUBLISHABLE_KEY: project.publishableKey,
        ZONED_WORKER_EMAIL: worker.email,
        ZONED_WORKER_PASSWORD: worker.password,
        ...settings,
      },
    });
    return new Daemon(daemon, proxy, saves);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.process.kill();
    await this.proxy?.close();
  }

  /** Asks it to end, and waits. */
  async stop(): Promise<void> {
    this.saves.open();
    await this.process.stop();
    await this.proxy?.close();
  }
}

/** One daemon for the tests of a file, and after them the browser's end. */
export function daemonAtWork(): () => Daemon {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start();
  });
  afterAll(async () => {
    await daemon.stop();
    await closeBrowser();
  });
  return () => daemon;
}
