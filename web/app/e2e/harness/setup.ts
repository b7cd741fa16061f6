import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { makeAccount } from "./accounts";
import { findChromium } from "./browser";
import { APP, Process } from "./process";
import { type Project, projectFromEnvironment, startStandIn } from "./project";

/** What the tests are told about the system they run against. */
export interface System {
  project: Project;
  worker: { email: string; password: string };
  /** The address of the built app. */
  appUrl: string;
}

declare module "vitest" {
  interface ProvidedContext {
    system: System;
  }
}

/** Starts what all tests share; returns what ends it. */
export default async function setup(vitest: TestProject): Promise<() => Promise<void>> {
  findChromium();
  if (!existsSync(join(APP, "dist/index.html")))
    throw new Error("The app is not built: run 'npm run build -w web/app'.");
  const started: Process[] = [];
  let project = projectFromEnvironment();
  if (!project) {
    const standIn = await startStandIn();
    started.push(standIn.process);
    project = standIn.project;
  }
  const worker = await makeAccount(project, "worker", { role: "worker" });
  const preview = Process.start("the app's server", process.execPath, {
    arguments: [
      join(APP, "../../node_modules/vite/bin/vite.js"),
      "preview",
      "--host",
      "127.0.0.1",
      "--port",
      "0",
    ],
    directory: APP,
    environment: {
      SUPABASE_URL: project.url,
      SUPABASE_PUBLISHABLE_KEY: project.publishableKey,
      NO_COLOR: "1",
    },
  });
  started.push(preview);
  const [, appUrl] = await preview.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  vitest.provide("system", { project, worker, appUrl: appUrl ?? "" });
  return async () => {
    for (const process of started.reverse()) await process.stop();
  };
}
