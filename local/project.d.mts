import type { ChildProcess } from "node:child_process";

export const root: string;

/** A Supabase project with the migrations applied. */
export interface OpenProject {
  readonly url: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly databaseUrl: string | undefined;
  /** What tokens are signed with, where it is known. */
  readonly jwtSecret: string | undefined;
  /** What a stand-in tells of itself, by the names of its variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Gives the Edge Functions other secrets; of a stand-in only. */
  readonly setSecrets: ((secrets: Readonly<Record<string, string>>) => Promise<void>) | undefined;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** More of its command line. */
  readonly options?: readonly string[];
  /** Of the Edge Functions. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface Login {
  readonly email: string;
  readonly password: string;
}

export function program(name: string): string;
export function openStandIn(given?: StandInOptions): Promise<OpenProject>;
export function openProject(needs?: {
  readonly database?: boolean;
  readonly standIn?: StandInOptions;
}): Promise<OpenProject>;
export function makeAccount(
  project: Pick<OpenProject, "url" | "secretKey">,
  name: string,
  appMetadata?: object,
): Promise<Login>;
export function stop(child: ChildProcess): Promise<void>;
export function within<Value>(milliseconds: number, message: string, promise: Promise<Value>): Promise<Value>;
