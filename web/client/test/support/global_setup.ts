import type { TestProject } from "vitest/node";
import { type OpenProject, openProject } from "../../../../local/project.mjs";

let project: OpenProject | undefined;

export async function setup(tests: TestProject) {
  // Webhooks of tests go to this machine, and to no other.
  const secrets = { ZONED_PRIVATE_HOSTS: "127.0.0.1", ZONED_NAMED_HOSTS_ONLY: "true" };
  project = await openProject({ standIn: { secrets } });
  const { url, publishableKey, secretKey, jwtSecret, setSecrets } = project;
  const functions = setSecrets !== undefined;
  tests.provide("project", { url, publishableKey, secretKey, jwtSecret, functions });
}

export async function teardown() {
  await project?.close();
}

declare module "vitest" {
  export interface ProvidedContext {
    project: {
      url: string;
      publishableKey: string;
      secretKey: string;
      jwtSecret: string | undefined;
      /** Whether the Edge Function is set up for these tests: it sends to this machine. */
      functions: boolean;
    };
  }
}
