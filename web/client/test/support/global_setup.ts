import type { TestProject } from "vitest/node";
import { type OpenProject, openProject } from "../../scripts/project.mjs";

let project: OpenProject | undefined;

export async function setup(tests: TestProject) {
  project = await openProject();
  const { url, publishableKey, secretKey, jwtSecret } = project;
  tests.provide("project", { url, publishableKey, secretKey, jwtSecret });
}

export async function teardown() {
  await project?.close();
}

declare module "vitest" {
  export interface ProvidedContext {
    project: { url: string; publishableKey: string; secretKey: string; jwtSecret: string | undefined };
  }
}
