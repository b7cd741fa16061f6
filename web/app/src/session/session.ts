import type { Session, SupabaseClient } from "@supabase/supabase-js";
import { create } from "zustand";

interface SessionStore {
  /** `unknown` until the browser's stored session has been looked at. */
  status: "unknown" | "signed-out" | "signed-in";
  session: Session | null;
  /** Whether the user came by a link of a reset e-mail and has yet to choose a password. */
  recovering: boolean;
}

/** Who is signed in. */
export const useSession = create<SessionStore>(() => ({
  status: "unknown",
  session: null,
  recovering: false,
}));

/** Keeps the store in step with Auth. `onLeave` is called when another or no user is there: nothing of theirs may stay. */
export function followSession(supabase: SupabaseClient, onLeave: () => void): () => void {
  const { data } = supabase.auth.onAuthStateChange((event, session) => {
    const before = useSession.getState();
    if (before.session && before.session.user.id !== session?.user.id) onLeave();
    useSession.setState({
      session,
      status: session ? "signed-in" : "signed-out",
      recovering:
        session !== null &&
        (event === "PASSWORD_RECOVERY" || (before.recovering && event !== "USER_UPDATED")),
    });
  });
  return () => data.subscription.unsubscribe();
}
