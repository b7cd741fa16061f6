import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The app's directory, and the repository's. */
export const APP = join(import.meta.dirname, "../..");
export const ROOT = join(APP, "../..");

interface Start {
  arguments?: string[];
  directory?: string;
  environment?: Record<string, string>;
}

/** A program that runs beside the tests. Its output is kept to be searched and to be told when something fails. */
export class Process {
  private output = "";
  private readonly listeners = new Set<() => void>();
  private over = false;
  private readonly name: string;
  private readonly child: ChildProcess;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-200_000);
      for (const listener of this.listeners) listener();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", (error) => keep(Buffer.from(String(error))));
    child.on("exit", () => {
      this.over = true;
      for (const listener of this.listeners) listener();
    });
  }

  static start(
    name: string,
    program: string,
    { arguments: list = [], directory = ROOT, environment = {} }: Start,
  ): Process {
    return new Process(
      name,
      spawn(program, list, {
        cwd: directory,
        env: { ...process.env, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  }

  /** Waits until its output matches. */
  async says(pattern: RegExp, seconds = 90): Promise<RegExpExecArray> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.over || Date.now() > deadline) {
        throw new Error(
          `${this.name} ${this.over ? "ended" : "did not start in time"}. It said:\n${this.output}`,
        );
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.listeners.delete(done);
          resolve();
        };
        const timer = setTimeout(done, 100);
        this.listeners.add(done);
      });
    }
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Asks it to end, and waits; after ten seconds it is killed. */
  async stop(): Promise<void> {
    const killer = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.end("SIGTERM");
    clearTimeout(killer);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.over) return;
    const ended = once(this.child, "exit");
    this.child.kill(signal);
    await ended;
  }
}
