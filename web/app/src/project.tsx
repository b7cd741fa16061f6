import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { ProjectConfig } from "./config";
import { followSession } from "./session/session";

/** The connection to the Supabase project, made once. */
export interface Project {
  config: ProjectConfig;
  supabase: SupabaseClient;
  queries: QueryClient;
}

/** Connects; from then on the session store follows who is signed in. */
export function openProject(config: ProjectConfig): Project {
  const supabase = createClient(config.supabaseUrl, config.supabaseKey, {
    auth: {
      storageKey: "zoned.session",
      persistSession: true,
      autoRefreshToken: true,
      detectSessionInUrl: true,
    },
  });
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: 2 } } });
  followSession(supabase, () => queries.clear());
  return { config, supabase, queries };
}

const ProjectContext = createContext<Project | null>(null);

export function ProjectProvider({ project, children }: { project: Project; children: ReactNode }) {
  return (
    <ProjectContext value={project}>
      <QueryClientProvider client={project.queries}>{children}</QueryClientProvider>
    </ProjectContext>
  );
}

/** The project the app is connected to. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (!project) throw new Error("useProject is for components inside ProjectProvider");
  return project;
}
