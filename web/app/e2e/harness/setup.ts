import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { OpenProject } from "../../../../local/project.mjs";
import { makeAccount } from "./accounts";
import { findChromium } from "./browser";
import { APP, Process } from "./process";
import { openProject, type Project, prepareProject } from "./project";

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
  const opened = await openProject();
  const started: Process[] = [];
  const end = async () => {
    for (const process of started.reverse()) await process.stop();
    await opened.close();
  };
  try {
    vitest.provide("system", await startSystem(opened, started));
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

/** Serves the app, and makes the daemons' account. */
async function startSystem(opened: OpenProject, started: Process[]): Promise<System> {
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
      SUPABASE_URL: opened.url,
      SUPABASE_PUBLISHABLE_KEY: opened.publishableKey,
      NO_COLOR: "1",
    },
  });
  started.push(preview);
  const [, appUrl = ""] = await preview.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const project = await prepareProject(opened, appUrl);
  const worker = await makeAccount(project, "worker", { role: "worker" });
  return { project, worker, appUrl };
}
