import type { Document } from "@zoned/client";
import { Ban, CircleAlert, CircleCheck, Clock, LoaderCircle } from "lucide-react";
import { Badge } from "@/components/badge";
import { Progress } from "@/components/progress";
import { Tooltip } from "@/components/tooltip";
import { statusText } from "./status-text";

const ICONS = {
  awaiting_upload: Clock,
  queued: Clock,
  processing: LoaderCircle,
  ready: CircleCheck,
  failed: CircleAlert,
};

/** What a document is doing: a word, and a bar while it is worked on. */
export function DocumentStatusCell({ document }: { document: Document }) {
  const { label, tone, progress, detail } = statusText(document);
  const Icon = document.error?.code === "canceled" ? Ban : ICONS[document.status];
  if (progress !== undefined) {
    return (
      <div className="w-full min-w-0">
        <p className="flex items-baseline justify-between gap-2 text-[0.929rem] tabular-nums">
          <span className={tone === "accent" ? "text-ink" : "text-ink-muted"}>{label}</span>
          {detail && <span className="text-ink-subtle">{detail}</span>}
        </p>
        <Progress
          label={`Processing of ${document.name}`}
          value={progress}
          valueText={[label, detail].filter(Boolean).join(", ")}
          tone={document.status === "queued" ? "muted" : "accent"}
          className="mt-1"
        />
      </div>
    );
  }
  const badge = (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {label}
    </Badge>
  );
  if (!detail) return badge;
  return (
    <Tooltip label={detail}>
      <span>{badge}</span>
    </Tooltip>
  );
}
