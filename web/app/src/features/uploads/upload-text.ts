import type { UploadState } from "@zoned/client";
import { formatBytes, formatDuration } from "@/format";

/** What an upload is doing, in words. */
export function uploadText(upload: UploadState): string {
  const { status, sent, size, speed, secondsLeft, resumed, duplicateOf, error } = upload;
  switch (status) {
    case "waiting":
      return `${formatBytes(size)} · waiting for its turn`;
    case "checking":
      return `Looking whether it is here already · ${percent(sent, size)}`;
    case "uploading":
      // Storage puts large files together before it answers.
      if (sent >= size) return `${formatBytes(size)} sent · waiting for the server to finish`;
      return [
        `${formatBytes(sent)} of ${formatBytes(size)}`,
        speed ? `${formatBytes(speed)}/s` : "",
        secondsLeft !== null && secondsLeft >= 1 ? `${formatDuration(secondsLeft)} left` : "",
        resumed ? "goes on where it stopped" : "",
      ]
        .filter(Boolean)
        .join(" · ");
    case "paused":
      return `Paused at ${formatBytes(sent)} of ${formatBytes(size)}`;
    case "duplicate":
      return `The same file is here already${duplicateOf && duplicateOf.name !== upload.name ? ` as “${duplicateOf.name}”` : ""}.`;
    case "done":
      return `${formatBytes(size)} · uploaded`;
    case "failed":
      return error ? [error.message, error.hint].filter(Boolean).join(" ") : "The upload failed.";
    case "canceled":
      return "Canceled";
  }
}

function percent(part: number, whole: number): string {
  return `${whole > 0 ? Math.floor((100 * part) / whole) : 0} %`;
}

/** How far it is, 0 to 1; null while that is unknown, undefined where there is nothing to measure. */
export function uploadProgress({ status, sent, size }: UploadState): number | null | undefined {
  switch (status) {
    case "waiting":
      return sent > 0 && size > 0 ? sent / size : 0;
    case "checking":
    case "uploading":
    case "paused":
      return size > 0 ? sent / size : null;
    default:
      return undefined;
  }
}

/** Whether it is still of interest: what is done shows as a document, what is canceled is gone. */
export function isShown({ status }: UploadState): boolean {
  return status !== "done" && status !== "canceled";
}

/** Whether leaving the page would stop it. */
export function isUnderWay({ status }: UploadState): boolean {
  return status === "waiting" || status === "checking" || status === "uploading" || status === "paused";
}
