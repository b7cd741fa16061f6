import { CircleAlert, MailCheck } from "lucide-react";
import type { ReactNode } from "react";

/** Why a form was not accepted. */
export function Failure({ children }: { children: ReactNode }) {
  return (
    <div role="alert">
      {children && (
        <p className="flex gap-2 rounded-lg bg-danger-soft px-3 py-2 text-danger">
          <CircleAlert aria-hidden className="mt-0.75 size-4 shrink-0" />
          <span>{children}</span>
        </p>
      )}
    </div>
  );
}

/** A message is on its way: where it goes and what to do with it. */
export function MailSent({ email, children }: { email: string; children: ReactNode }) {
  return (
    <div role="status" className="flex flex-col items-center text-center">
      <MailCheck aria-hidden className="size-8 text-success" strokeWidth={1.5} />
      <p className="mt-3 font-medium">Look into your inbox</p>
      <p className="mt-1 break-words text-ink-muted">
        {children} <strong className="font-medium text-ink">{email}</strong>.
      </p>
    </div>
  );
}
