import type { UploadState } from "@zoned/client";
import { CircleAlert, Copy, FileUp, Pause, Play, RotateCw, X } from "lucide-react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { classes } from "@/components/classes";
import { IconButton } from "@/components/icon-button";
import { Progress } from "@/components/progress";
import { uploadProgress, uploadText } from "./upload-text";

interface UploadRowProps {
  upload: UploadState;
  onPause: () => void;
  onResume: () => void;
  onCancel: () => void;
}

/** One upload: how far it is, and what can be done with it. */
export function UploadRow({ upload, onPause, onResume, onCancel }: UploadRowProps) {
  const { name, status, error, duplicateOf } = upload;
  const progress = uploadProgress(upload);
  const text = uploadText(upload);
  const running = status === "waiting" || status === "checking" || status === "uploading";
  return (
    <li className="mx-auto flex max-w-[110rem] items-center gap-3 px-3 py-2.5 sm:px-4">
      <span
        aria-hidden
        className={classes(
          "inline-flex size-9 shrink-0 items-center justify-center rounded-lg [&>svg]:size-4.5",
          status === "failed"
            ? "bg-danger-soft text-danger"
            : status === "duplicate"
              ? "bg-warning-soft text-warning"
              : "bg-accent-soft text-accent",
        )}
      >
        {status === "failed" ? <CircleAlert /> : status === "duplicate" ? <Copy /> : <FileUp />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={name}>
          {name}
        </p>
        {progress !== undefined && (
          <Progress
            label={`Upload of ${name}`}
            value={progress}
            valueText={text}
            tone={status === "paused" ? "muted" : "accent"}
            className="mt-1.5 mb-1"
          />
        )}
        <p
          className={classes(
            "text-[0.929rem] tabular-nums",
            status === "failed" ? "text-danger" : "text-ink-muted",
          )}
        >
          {text}
        </p>
      </div>
      <div className="flex shrink-0 items-center gap-1">
        {status === "duplicate" && (
          <>
            {duplicateOf && (
              <Button asChild size="small">
                <Link to={`/documents/${duplicateOf.id}`}>Open it</Link>
              </Button>
            )}
            <Button size="small" look="ghost" onClick={onResume}>
              Upload anyway
            </Button>
          </>
        )}
        {status === "failed" && (error?.retryable ?? false) && (
          <Button size="small" onClick={onResume}>
            <RotateCw aria-hidden className="size-3.5" /> Try again
          </Button>
        )}
        {running && (
          <IconButton label={`Pause ${name}`} size="small" onClick={onPause}>
            <Pause aria-hidden />
          </IconButton>
        )}
        {status === "paused" && (
          <IconButton label={`Resume ${name}`} size="small" onClick={onResume}>
            <Play aria-hidden />
          </IconButton>
        )}
        <IconButton
          label={status === "failed" || status === "duplicate" ? `Dismiss ${name}` : `Cancel ${name}`}
          size="small"
          onClick={onCancel}
        >
          <X aria-hidden />
        </IconButton>
      </div>
    </li>
  );
}
