import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";

interface ErrorPanelProps {
  title: string;
  /** What happened and what to do. */
  children?: ReactNode;
  onRetry?: () => void;
  action?: ReactNode;
  /** It is all there is on the screen, so its title is the screen's heading. */
  wholeScreen?: boolean;
}

/** Something did not work: says what, why, and offers the next step. */
export function ErrorPanel({ title, children, onRetry, action, wholeScreen }: ErrorPanelProps) {
  const Heading = wholeScreen ? "h1" : "h2";
  return (
    <div role="alert" className="mx-auto flex max-w-lg flex-col items-center px-6 py-12 text-center">
      <span className="mb-4 inline-flex size-12 items-center justify-center rounded-2xl bg-danger-soft text-danger">
        <TriangleAlert aria-hidden className="size-5.5" strokeWidth={1.7} />
      </span>
      <Heading className="font-semibold text-[1.143rem] tracking-tight">{title}</Heading>
      {children && <div className="mt-1.5 text-balance text-ink-muted">{children}</div>}
      {(onRetry || action) && (
        <div className="mt-5 flex flex-wrap justify-center gap-2">
          {onRetry && (
            <Button onClick={onRetry}>
              <RotateCw aria-hidden className="size-4" /> Try again
            </Button>
          )}
          {action}
        </div>
      )}
    </div>
  );
}
