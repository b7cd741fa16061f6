/** A Supabase project with the migrations applied. */
export interface OpenProject {
  readonly url: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly databaseUrl: string | undefined;
  /** What tokens are signed with, where it is known. */
  readonly jwtSecret: string | undefined;
  close(): Promise<void>;
}

export function openProject(needs?: { readonly database: boolean }): Promise<OpenProject>;
