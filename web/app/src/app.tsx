import { useEffect, useState } from "react";
import { ErrorPanel } from "./components/error-panel";
import { loadConfig } from "./config";
import { openProject, type Project, ProjectProvider } from "./project";
import { Router } from "./router";

/** The whole app: finds its project, then shows the route. */
export function App() {
  const [project, setProject] = useState<Project>();
  const [failure, setFailure] = useState<Error>();

  useEffect(() => {
    let current = true;
    loadConfig().then(
      (config) => current && setProject(openProject(config)),
      (error: unknown) => current && setFailure(error instanceof Error ? error : new Error(String(error))),
    );
    return () => {
      current = false;
    };
  }, []);

  if (failure) {
    return (
      <main className="grid min-h-dvh place-items-center">
        <ErrorPanel wholeScreen title="zoned cannot find its project" onRetry={() => location.reload()}>
          {failure.message}
        </ErrorPanel>
      </main>
    );
  }
  if (!project) return null;
  return (
    <ProjectProvider value={project}>
      <Router />
    </ProjectProvider>
  );
}
