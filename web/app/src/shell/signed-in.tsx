import { createZonedClient, type ZonedClient } from "@zoned/client";
import { createZonedQueryClient, ZonedProvider } from "@zoned/client/react";
import { type ReactNode, useState } from "react";
import { Toaster } from "@/components/toast";
import { TooltipProvider } from "@/components/tooltip";
import { type Project, useProject } from "@/project";
import { useSession } from "@/session/session";
import { ShortcutHelp } from "@/shortcuts/shortcut-help";

const clients = new WeakMap<Project, ZonedClient>();

/** One a project, however often somebody signs in. */
function clientOf(project: Project): ZonedClient {
  const client = clients.get(project) ?? createZonedClient(project.supabase);
  clients.set(project, client);
  return client;
}

/** What every screen of a signed-in user needs around it. */
export function SignedIn({ children }: { children: ReactNode }) {
  const user = useSession((store) => store.session?.user.id);
  const project = useProject();
  return (
    <ForUser key={user} zoned={clientOf(project)}>
      {children}
    </ForUser>
  );
}

function ForUser({ zoned, children }: { zoned: ZonedClient; children: ReactNode }) {
  // What was read for one user is nothing for the next one.
  const [queryClient] = useState(createZonedQueryClient);
  return (
    <ZonedProvider client={zoned} queryClient={queryClient}>
      <TooltipProvider>
        {children}
        <ShortcutHelp />
        <Toaster />
      </TooltipProvider>
    </ZonedProvider>
  );
}
