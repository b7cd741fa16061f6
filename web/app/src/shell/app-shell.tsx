import { Suspense } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { DropTarget } from "@/features/uploads/drop-target";
import { AccountMenu } from "./account-menu";
import { ConnectionIndicator } from "./connection-indicator";
import { Logo } from "./logo";
import { OfflineBanner } from "./offline-banner";
import { setHeaderSlot } from "./page-header";
import { ScreenBoundary } from "./route-error";
import { SignedIn } from "./signed-in";

/** The frame around every screen of a signed-in user: a bar, a banner when offline, the screen. Screens scroll by themselves. */
export function Component() {
  return (
    <SignedIn>
      <Frame />
    </SignedIn>
  );
}

function Frame() {
  const { pathname } = useLocation();
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-60 rounded-lg bg-accent px-3 py-1.5 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b bg-surface px-2.5 sm:gap-3 sm:px-4">
        <Link to="/" aria-label="zoned: library" className="flex shrink-0 items-center gap-2 rounded-md">
          <Logo className="size-6.5" />
          <span className="hidden font-semibold text-[1.071rem] tracking-tight sm:inline">zoned</span>
        </Link>
        <span aria-hidden className="-mx-1 text-[1.143rem] text-line-strong/70 max-sm:hidden">
          /
        </span>
        <div ref={setHeaderSlot} className="flex min-w-0 flex-1 items-center gap-2" />
        <div className="flex shrink-0 items-center">
          <ConnectionIndicator />
          <AccountMenu />
        </div>
      </header>
      <OfflineBanner />
      <main id="content" tabIndex={-1} className="relative min-h-0 flex-1 outline-none">
        <ScreenBoundary path={pathname}>
          <Suspense>
            <Outlet />
          </Suspense>
        </ScreenBoundary>
      </main>
      <DropTarget />
    </div>
  );
}
