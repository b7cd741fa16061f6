import type { SupabaseClient } from "@supabase/supabase-js";
import { newAccount, signedIn } from "./account";

/** A zone as a daemon saves it. */
export interface DaemonZone {
  readonly kind: string;
  readonly content: string;
  readonly level?: number;
  readonly table?: unknown;
  readonly items?: unknown;
  readonly bbox?: { x: number; y: number; width: number; height: number };
}

interface Claimed {
  readonly job_id: string;
  readonly lease_token: string;
  readonly document_id: string;
  readonly export_id: string | null;
  readonly export_path: string | null;
  readonly kind: string;
  readonly params: { readonly zone_id?: string; readonly kind?: string | null };
}

/** Speaks a daemon's part of the protocol, step by step, so that a test decides what happens when. */
export class Daemon {
  readonly #supabase: SupabaseClient;
  readonly #worker: string;

  private constructor(supabase: SupabaseClient, worker: string) {
    this.#supabase = supabase;
    this.#worker = worker;
  }

  static async start(): Promise<Daemon> {
    const supabase: SupabaseClient = await signedIn(await newAccount({ role: "worker" }));
    const hello = { protocol_version: 1, host: "test", version: "0", capacity: 1 };
    const { data, error } = await supabase.schema("worker").rpc("hello", hello);
    if (error) throw error;
    return new Daemon(supabase, (data as { worker_id: string }).worker_id);
  }

  async #call<Result>(name: string, args: object): Promise<Result> {
    const { data, error } = await this.#supabase.schema("worker").rpc(name, args);
    if (error) throw error;
    return data as Result;
  }

  /** Claims the job of a document; those of others are given back. */
  async claim(documentId: string): Promise<Claimed> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const jobs = await this.#call<Claimed[]>("claim", {
        worker_id: this.#worker,
        max_jobs: 100,
        kinds: ["process_document", "process_zone", "export"],
        lease_seconds: 600,
      });
      const mine = jobs.find((job) => job.document_id === documentId);
      const others = jobs.filter((job) => job !== mine);
      if (others.length > 0) {
        await this.#call("release", {
          job_ids: others.map((job) => job.job_id),
          lease_tokens: others.map((job) => job.lease_token),
        });
      }
      if (mine) return mine;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("The document has no job.");
  }

  /** Saves pages, from number `first` on, with their zones. */
  async savePages(job: Claimed, first: number, pages: readonly (readonly DaemonZone[])[], pageCount: number) {
    await this.#call("save_pages", {
      job_id: job.job_id,
      lease_token: job.lease_token,
      document: { page_count: pageCount, metadata: { title: "A title" } },
      pages: pages.map((zones, index) => ({
        page_number: first + index,
        width: 612,
        height: 792,
        rotation: 0,
        text_source: "native",
        error: null,
        engine_version: "test",
        zones: zones.map((zone, order) => ({
          level: null,
          table: null,
          bbox: { x: 72, y: 72 + order * 20, width: 400, height: 18 },
          confidence: 0.9,
          reading_order: order,
          ...zone,
        })),
      })),
      progress: {
        stage: "pages",
        pages_done: first + pages.length - 1,
        pages_total: pageCount,
        eta_seconds: 1,
      },
      checkpoint: { next_page: first + pages.length },
    });
  }

  finish(job: Claimed) {
    return this.#call("finish", { job_id: job.job_id, lease_token: job.lease_token });
  }

  fail(job: Claimed, code: string, message: string) {
    return this.#call("fail", {
      job_id: job.job_id,
      lease_token: job.lease_token,
      error: { code, message },
      retryable: false,
    });
  }

  /** Processes a whole document. */
  async process(documentId: string, pages: readonly (readonly DaemonZone[])[]) {
    const job = await this.claim(documentId);
    await this.savePages(job, 1, pages, pages.length);
    await this.finish(job);
  }

  /** Writes the file of an export. */
  async export(documentId: string, text: string) {
    const job = await this.claim(documentId);
    const body = new Blob([text], { type: "text/markdown" });
    const { error } = await this.#supabase.storage
      .from("exports")
      .upload(job.export_path ?? "", body, { contentType: "text/markdown", upsert: true });
    if (error) throw error;
    await this.#call("save_export", {
      job_id: job.job_id,
      lease_token: job.lease_token,
      byte_size: body.size,
      sha256: "0".repeat(64),
    });
  }

  /** Fills the zone that a job is about. */
  saveZone(job: Claimed, zone: DaemonZone) {
    return this.#call<string>("save_zone", {
      job_id: job.job_id,
      lease_token: job.lease_token,
      engine_version: "test",
      zone: {
        level: null,
        table: null,
        confidence: 0.8,
        bbox: { x: 1, y: 1, width: 10, height: 10 },
        ...zone,
      },
    });
  }
}
