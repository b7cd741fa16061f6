import type { ApiToken, TokenScope } from "@zoned/client";
import { formatWhen } from "@/format";

export const SCOPES: Record<TokenScope, { label: string; hint: string }> = {
  read: { label: "Read only", hint: "Sees documents, zones and exports, and changes nothing." },
  write: { label: "Read and write", hint: "May do whatever you may, but make tokens." },
};

/** How long a token may live, in days. */
export const LIFETIMES = [
  { value: "7", label: "a week" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
] as const;

export type TokenState = "active" | "expired" | "revoked";

/** Whether a token still works. */
export function tokenState({ revokedAt, expiresAt }: ApiToken, now: Date = new Date()): TokenState {
  if (revokedAt !== null) return "revoked";
  return Date.parse(expiresAt) > now.getTime() ? "active" : "expired";
}

/** When a token was used, and when it ends or ended. */
export function tokenHistory(token: ApiToken, now: Date = new Date()): string {
  const when = (time: string) => formatWhen(new Date(time), now);
  const used = token.lastUsedAt === null ? "Never used" : `Last used ${when(token.lastUsedAt)}`;
  switch (tokenState(token, now)) {
    case "active":
      return `${used}, ends ${when(token.expiresAt)}`;
    case "expired":
      return `${used}, ended ${when(token.expiresAt)}`;
    case "revoked":
      return `${used}, revoked ${when(token.revokedAt ?? token.expiresAt)}`;
  }
}
