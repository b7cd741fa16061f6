import { type ComponentType, Suspense } from "react";
import { BrowserRouter, Outlet, Route, Routes, useLocation } from "react-router";
import { onDemand } from "./on-demand";
import { RequireSession } from "./session/require-session";
import { NotFound, ScreenBoundary } from "./shell/route-error";

const screen = (load: () => Promise<{ Component: ComponentType }>) =>
  onDemand(async () => (await load()).Component);

const AppShell = screen(() => import("./shell/app-shell"));
const Library = screen(() => import("./features/library/route"));
const Reader = screen(() => import("./features/reader/route"));
const Settings = screen(() => import("./features/settings/route"));
const SignIn = screen(() => import("./features/auth/sign-in"));
const SignUp = screen(() => import("./features/auth/sign-up"));
const Reset = screen(() => import("./features/auth/reset"));

/** Every address of the app. Each screen is loaded when it is first gone to. */
export function Router() {
  return (
    <BrowserRouter>
      <Routes>
        <Route element={<Screens />}>
          <Route path="/sign-in" element={<SignIn />} />
          <Route path="/sign-up" element={<SignUp />} />
          <Route path="/reset" element={<Reset />} />
          <Route element={<RequireSession />}>
            <Route element={<AppShell />}>
              <Route path="/" element={<Library />} />
              <Route path="/documents/:documentId" element={<Reader />} />
              <Route path="/settings" element={<Settings />} />
            </Route>
          </Route>
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}

function Screens() {
  return (
    <ScreenBoundary path={useLocation().pathname}>
      <Suspense fallback={<div aria-busy />}>
        <Outlet />
      </Suspense>
    </ScreenBoundary>
  );
}

/** Asks at once for the code of the screen at an address, which comes while the project is being looked up. */
export function anticipateScreen(path: string, isSignedIn: boolean): void {
  const screens = isSignedIn ? signedInScreens(path) : [path === "/sign-up" ? SignUp : SignIn];
  // A failure is told by the screen itself, which asks again.
  for (const { load } of screens) load().catch(() => {});
}

function signedInScreens(path: string) {
  if (path === "/") return [AppShell, Library];
  if (path === "/settings") return [AppShell, Settings];
  return path.startsWith("/documents/") ? [AppShell, Reader] : [];
}
