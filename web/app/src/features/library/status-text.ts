import type { Document } from "@zoned/client";
import type { Tone } from "@/components/badge";
import { formatCount, formatDuration } from "@/format";

/** How a document's state is told. */
export interface StatusText {
  label: string;
  tone: Tone;
  /** How far it is, 0 to 1; null while nobody knows; undefined where there is nothing to measure. */
  progress?: number | null;
  /** What more there is to say. */
  detail?: string;
}

/** What a document is doing, in words. */
export function statusText({
  status,
  progress,
  error,
  pageCount,
}: Pick<Document, "status" | "progress" | "error" | "pageCount">): StatusText {
  switch (status) {
    case "awaiting_upload":
      return { label: "Waiting for its file", tone: "neutral" };
    case "queued":
      return progress && progress.pagesDone > 0
        ? { label: "Waiting to go on", tone: "neutral", progress: progress.percent / 100 }
        : { label: "Waiting for its turn", tone: "neutral", progress: null };
    case "processing": {
      if (!progress || progress.stage === "queued" || progress.stage === "download") {
        return { label: "Fetching the file", tone: "accent", progress: null };
      }
      const total = progress.pagesTotal ?? pageCount;
      const label = total
        ? `${progress.pagesDone.toLocaleString("en")} of ${formatCount(total, "page")}`
        : formatCount(progress.pagesDone, "page");
      const left = progress.etaSeconds;
      return {
        label,
        tone: "accent",
        progress: total ? progress.percent / 100 : null,
        ...(left !== null && left >= 1 ? { detail: `${formatDuration(left)} left` } : {}),
      };
    }
    case "ready":
      return { label: "Ready", tone: "success" };
    case "failed":
      return {
        label: error?.code === "canceled" ? "Canceled" : "Failed",
        tone: error?.code === "canceled" ? "neutral" : "danger",
        detail: failureText(error),
      };
  }
}

/** Why a document failed and what to do. The daemon's messages say both. */
export function failureText(error: Document["error"]): string {
  if (error?.code === "canceled") return "Stopped on request. Try again to go on where it stopped.";
  return sentence(error?.message ?? "It failed. Try again.");
}

/** Messages of the daemon begin small and end without a stop. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
