import { Loading } from "@zoned/client/react";
import { type ReactNode, useId } from "react";
import { Button } from "@/components/button";
import { Skeleton } from "@/components/skeleton";

/** A part of the settings: what it is about at the left, its controls at the right. */
export function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-10 gap-y-3 border-line border-t py-7 first:border-0 md:grid-cols-[15rem_1fr]"
    >
      <div>
        <h2 id={id} className="font-semibold text-[1.071rem] tracking-tight">
          {title}
        </h2>
        {about && <p className="mt-0.5 text-ink-muted">{about}</p>}
      </div>
      <div className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface px-4 shadow-low">
        {children}
      </div>
    </section>
  );
}

interface RowProps {
  label: string;
  hint?: ReactNode;
  /** Gets the ids of label and hint. */
  children: (control: { id: string; "aria-describedby"?: string }) => ReactNode;
}

/** One setting: its label and hint, and the control beside them. */
export function Row({ label, hint, children }: RowProps) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-[1_1_14rem]">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-[0.929rem] text-ink-muted">
            {hint}
          </p>
        )}
      </div>
      {children({ id, ...(hint ? { "aria-describedby": `${id}-hint` } : {}) })}
    </div>
  );
}

/** Something to read, and what to do about it. */
export function Fact({ label, value, children }: { label: string; value: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-[1_1_14rem]">
        <p className="font-medium">{label}</p>
        <p className="break-words text-[0.929rem] text-ink-muted">{value}</p>
      </div>
      {children && <div className="flex flex-wrap gap-2">{children}</div>}
    </div>
  );
}

/** Where a list has nothing to show. */
export function Note({ children }: { children: ReactNode }) {
  return <p className="py-3 text-ink-muted">{children}</p>;
}

/** The shape of a list that is on its way. */
export function Waiting({ label }: { label: string }) {
  return (
    <div className="py-3">
      <Loading label={label}>
        <Skeleton className="h-4 w-2/3" />
        <Skeleton className="mt-2 h-4 w-1/3" />
      </Loading>
    </div>
  );
}

interface ProblemProps {
  title: string;
  onRetry: () => void;
  /** What happened and what to do. */
  children: ReactNode;
}

/** A part of the settings does not work, and how to go on. */
export function Problem({ title, onRetry, children }: ProblemProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-[1_1_14rem]">
        <p className="font-medium text-danger">{title}</p>
        <p className="break-words text-[0.929rem] text-ink-muted">{children}</p>
      </div>
      <Button size="small" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
