import { type OpenProject, openProject as open } from "../../../../local/project.mjs";

export { program } from "../../../../local/project.mjs";

/** The Supabase project the tests run against, as tests are told of it. */
export interface Project {
  url: string;
  publishableKey: string;
  secretKey: string;
  /** Signs tokens; known of a stand-in only. */
  jwtSecret?: string;
  /** Whether the Edge Function is set up for these tests: it answers the app, and sends to this machine. */
  functions: boolean;
}

/** The project that the environment names, or a fresh stand-in. */
export async function openProject(): Promise<OpenProject> {
  return open();
}

/** What tests are told of a project; lets the Edge Function answer the app, where that is up to the tests. */
export async function prepareProject(project: OpenProject, appUrl: string): Promise<Project> {
  const { url, publishableKey, secretKey, jwtSecret, setSecrets } = project;
  const key = { kty: "oct", k: Buffer.from(jwtSecret ?? "").toString("base64url") };
  await setSecrets?.({
    ZONED_ALLOWED_ORIGINS: appUrl,
    ZONED_PRIVATE_HOSTS: "127.0.0.1",
    ZONED_NAMED_HOSTS_ONLY: "true",
    ZONED_TOKEN_SIGNING_KEY: JSON.stringify(key),
  });
  return {
    url,
    publishableKey,
    secretKey,
    ...(jwtSecret ? { jwtSecret } : {}),
    functions: setSecrets !== undefined,
  };
}
