import type { Session } from "@supabase/supabase-js";
import type { ZonedSupabase } from "@zoned/client";
import { create } from "zustand";

/** Where the browser keeps the session. */
export const SESSION_KEY = "zoned.session";

/** Whether a session of an earlier visit is kept, whatever it is worth: known before anything is loaded. */
export function mayBeSignedIn(): boolean {
  try {
    return localStorage.getItem(SESSION_KEY) !== null;
  } catch {
    return false;
  }
}

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

/** Keeps the store in step with Auth. */
export function followSession(supabase: Pick<ZonedSupabase, "auth">): () => void {
  const { data } = supabase.auth.onAuthStateChange((event, session) => {
    const { recovering } = useSession.getState();
    useSession.setState({
      session,
      status: session ? "signed-in" : "signed-out",
      recovering:
        session !== null && (event === "PASSWORD_RECOVERY" || (recovering && event !== "USER_UPDATED")),
    });
  });
  return () => data.subscription.unsubscribe();
}
