import { inject } from "vitest";
import { Process } from "./process";
import { program } from "./project";

/** A daemon of its own, ready to work. */
export async function startDaemon(settings: Record<string, string> = {}): Promise<Process> {
  const { project, worker } = inject("system");
  const daemon = Process.start("zoned work", program("zoned"), {
    arguments: ["work"],
    environment: {
      SUPABASE_URL: project.url,
      SUPABASE_PUBLISHABLE_KEY: project.publishableKey,
      ZONED_WORKER_EMAIL: worker.email,
      ZONED_WORKER_PASSWORD: worker.password,
      ...settings,
    },
  });
  return daemon;
}
