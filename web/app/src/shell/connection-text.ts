import type { ConnectionState } from "@zoned/client";

/** A state of the connection in words. */
export function connectionText(status: ConnectionState["status"]): { label: string; detail: string } {
  switch (status) {
    case "live":
      return { label: "Live", detail: "Changes arrive as they happen." };
    case "connecting":
      return {
        label: "Connecting",
        detail: "Live updates are on their way. What you see may be a moment old.",
      };
    case "polling":
      return {
        label: "Updates every few seconds",
        detail:
          "Live updates are blocked, perhaps by a proxy. Nothing is lost, it only takes a little longer.",
      };
    case "offline":
      return { label: "Offline", detail: "There is no network. Uploads and changes go on when it is back." };
    case "idle":
      return { label: "Idle", detail: "Nothing is watched right now." };
    case "signed_out":
      return { label: "Signed out", detail: "Sign in to get live updates." };
  }
}
