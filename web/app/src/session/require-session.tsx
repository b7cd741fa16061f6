import { Navigate, Outlet, useLocation } from "react-router";
import { Spinner } from "@/components/spinner";
import { useSession } from "./session";

/** Shows what is inside to people who are signed in; sends others to sign in, and back afterwards. */
export function RequireSession() {
  const status = useSession((store) => store.status);
  const recovering = useSession((store) => store.recovering);
  const { pathname, search } = useLocation();
  if (status === "unknown") {
    return (
      <main className="grid min-h-dvh place-items-center text-ink-subtle" aria-busy>
        <Spinner className="size-6" />
        <h1 className="sr-only">Opening zoned</h1>
      </main>
    );
  }
  if (status === "signed-out") {
    const from = pathname + search;
    return <Navigate to={from === "/" ? "/sign-in" : `/sign-in?from=${encodeURIComponent(from)}`} replace />;
  }
  if (recovering) return <Navigate to="/reset" replace />;
  return <Outlet />;
}
