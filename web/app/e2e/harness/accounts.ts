import { randomUUID } from "node:crypto";
import type { Project } from "./project";

export interface Login {
  email: string;
  password: string;
}

/** A login nobody has yet. */
export function newLogin(name: string): Login {
  const unique = randomUUID();
  return { email: `${name}-${unique.slice(0, 8)}@example.com`, password: unique };
}

/** Signs in by password, without the app; gives the session that Auth answers. */
export async function newSession(
  project: Project,
  { email, password }: Login,
): Promise<{ access_token: string; refresh_token: string }> {
  const response = await fetch(`${project.url}/auth/v1/token?grant_type=password`, {
    method: "POST",
    headers: { apikey: project.publishableKey, "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`Nobody was signed in: ${response.status} ${await response.text()}`);
  return response.json() as Promise<{ access_token: string; refresh_token: string }>;
}

/** An account made by the operator. */
export async function makeAccount(project: Project, name: string, appMetadata: object = {}): Promise<Login> {
  const login = newLogin(name);
  const response = await fetch(`${project.url}/auth/v1/admin/users`, {
    method: "POST",
    headers: {
      apikey: project.secretKey,
      "content-type": "application/json",
      ...(project.secretKey.startsWith("sb_") ? {} : { authorization: `Bearer ${project.secretKey}` }),
    },
    body: JSON.stringify({ ...login, email_confirm: true, app_metadata: appMetadata }),
  });
  if (!response.ok) throw new Error(`No account could be made: ${response.status} ${await response.text()}`);
  return login;
}
