import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What to do now. */
  children?: ReactNode;
  action?: ReactNode;
}

/** Where there is nothing yet: says so, and what to do. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center">
      <span className="mb-4 inline-flex size-12 items-center justify-center rounded-2xl bg-sunken text-ink-subtle ring-1 ring-line ring-inset">
        <Icon aria-hidden className="size-5.5" strokeWidth={1.6} />
      </span>
      <h2 className="font-semibold text-[1.143rem] tracking-tight">{title}</h2>
      {children && <div className="mt-1.5 text-balance text-ink-muted">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
