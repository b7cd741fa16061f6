import { LoaderCircle } from "lucide-react";
import { classes } from "./classes";

/** Turns while something goes on. Says nothing by itself: what it stands in says it. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={classes("size-4 animate-spin", className)} />;
}
