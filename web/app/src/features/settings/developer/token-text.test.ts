import type { ApiToken } from "@zoned/client";
import { describe, expect, it } from "vitest";
import { tokenHistory, tokenState } from "./token-text";

const now = new Date("2026-03-10T12:00:00Z");
const token: ApiToken = {
  id: "t",
  name: "Script",
  scope: "read",
  prefix: "zoned_012345",
  createdAt: "2026-03-01T12:00:00Z",
  expiresAt: "2026-03-13T12:00:00Z",
  lastUsedAt: null,
  revokedAt: null,
};

describe("a token", () => {
  it("works until it ends or is revoked", () => {
    expect(tokenState(token, now)).toBe("active");
    expect(tokenState({ ...token, expiresAt: "2026-03-10T12:00:00Z" }, now)).toBe("expired");
    const revoked = { ...token, expiresAt: "2026-03-09T12:00:00Z", revokedAt: "2026-03-05T00:00:00Z" };
    expect(tokenState(revoked, now)).toBe("revoked");
  });

  it("says when it was used and when it ends, or has ended", () => {
    expect(tokenHistory(token, now)).toBe("Never used, ends in 3 days");
    const used = { ...token, lastUsedAt: "2026-03-10T10:00:00Z" };
    expect(tokenHistory(used, now)).toBe("Last used 2 hours ago, ends in 3 days");
    expect(tokenHistory({ ...used, expiresAt: "2026-03-09T12:00:00Z" }, now)).toBe(
      "Last used 2 hours ago, ended yesterday",
    );
    expect(tokenHistory({ ...token, revokedAt: "2026-03-10T11:59:50Z" }, now)).toBe(
      "Never used, revoked just now",
    );
  });
});
