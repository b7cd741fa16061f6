import type { ReactNode } from "react";
import { Logo } from "@/shell/logo";
import { useTitle } from "@/shell/use-title";

interface AuthFrameProps {
  title: string;
  /** A line below the title. */
  lead?: ReactNode;
  children: ReactNode;
  /** Ways to elsewhere, below the card. */
  footer?: ReactNode;
}

/** The frame of the screens before one is signed in. */
export function AuthFrame({ title, lead, children, footer }: AuthFrameProps) {
  useTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <Logo className="mx-auto size-11" />
        <h1 className="mt-5 text-center font-semibold text-[1.571rem] tracking-tight">{title}</h1>
        {lead && <p className="mt-1 text-balance text-center text-ink-muted">{lead}</p>}
        <div className="mt-7 rounded-2xl border border-line bg-surface p-5 shadow-low sm:p-6">{children}</div>
        {footer && <div className="mt-5 text-center text-ink-muted">{footer}</div>}
      </div>
    </main>
  );
}
