import { createClient } from "@supabase/supabase-js";
import { createZonedClient, type Database, type ZonedClient, type ZonedSupabase } from "@zoned/client";
import { createZonedQueryClient, ZonedProvider } from "@zoned/client/react";
import { createContext, type ReactNode, useContext } from "react";
import type { ProjectConfig } from "./config";
import { followSession } from "./session/session";

/** The connection to the Supabase project, made once. */
export interface Project {
  config: ProjectConfig;
  supabase: ZonedSupabase;
  zoned: ZonedClient;
}

const queryClient = createZonedQueryClient();

/** Connects; from then on the session store follows who is signed in. */
export function openProject(config: ProjectConfig): Project {
  const supabase = createClient<Database>(config.supabaseUrl, config.supabaseKey, {
    auth: {
      storageKey: "zoned.session",
      persistSession: true,
      autoRefreshToken: true,
      detectSessionInUrl: true,
    },
  });
  followSession(supabase);
  return { config, supabase, zoned: createZonedClient(supabase) };
}

const ProjectContext = createContext<Project | null>(null);

export function ProjectProvider({ project, children }: { project: Project; children: ReactNode }) {
  return (
    <ProjectContext value={project}>
      <ZonedProvider client={project.zoned} queryClient={queryClient}>
        {children}
      </ZonedProvider>
    </ProjectContext>
  );
}

/** The project the app is connected to. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (!project) throw new Error("useProject is for components inside ProjectProvider");
  return project;
}
