import type { ZoneRevision } from "@zoned/client";
import { useSession } from "@/session/session";

/** Whether the user made the edit after a version, here or elsewhere; otherwise the engine did: nobody else may. */
export function isByUser({ changedBy }: Pick<ZoneRevision, "changedBy">): boolean {
  return changedBy !== null && changedBy === useSession.getState().session?.user.id;
}
