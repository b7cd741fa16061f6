import { createClient } from "@supabase/supabase-js";
import type { Database, ZonedSupabase } from "@zoned/client";
import { createContext, useContext } from "react";
import type { ProjectConfig } from "./config";
import { followSession, SESSION_KEY } from "./session/session";

/** The connection to the Supabase project, made once. */
export interface Project {
  config: ProjectConfig;
  supabase: ZonedSupabase;
}

/** Connects; from then on the session store follows who is signed in. */
export function openProject(config: ProjectConfig): Project {
  const supabase = createClient<Database>(config.supabaseUrl, config.supabaseKey, {
    auth: {
      storageKey: SESSION_KEY,
      persistSession: true,
      autoRefreshToken: true,
      detectSessionInUrl: true,
    },
  });
  followSession(supabase);
  return { config, supabase };
}

const ProjectContext = createContext<Project | null>(null);

export const ProjectProvider = ProjectContext.Provider;

/** The project the app is connected to. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (!project) throw new Error("useProject is for components inside ProjectProvider");
  return project;
}
