import type { Zone } from "./model/zone.js";

/** What went wrong, in one word that programs can rely on. */
export type ZonedErrorCode =
  /** The service could not be reached: no network, a name that does not resolve, a connection cut. */
  | "network"
  /** No answer in time. */
  | "timeout"
  /** Nobody is signed in, or the session is over. */
  | "unauthenticated"
  /** Signed in, but not allowed. */
  | "forbidden"
  /** There is no such thing, or it belongs to somebody else: the database does not tell which. */
  | "not_found"
  /** It changed in the meantime, or its state does not allow this now. */
  | "conflict"
  /** A value that is not accepted. */
  | "invalid"
  /** A file larger than accepted. */
  | "too_large"
  /** Nothing more fits into what the operator grants the account. */
  | "quota_exceeded"
  /** A file that is not a PDF. */
  | "not_a_pdf"
  /** Ended on request. */
  | "canceled"
  /** Too many requests. */
  | "rate_limited"
  /** The service answered that it is not able to now. */
  | "unavailable"
  /** An answer that this version does not understand. */
  | "incompatible"
  /** None of the above. */
  | "unexpected";

const RETRYABLE: ReadonlySet<ZonedErrorCode> = new Set(["network", "timeout", "rate_limited", "unavailable"]);

/** What a {@link ZonedError} is made of. */
export interface ZonedErrorParts {
  /** See {@link ZonedErrorCode}. */
  readonly code: ZonedErrorCode;
  /** A sentence for people: what went wrong. */
  readonly message: string;
  /** A sentence for people: what to do about it. */
  readonly hint?: string | undefined;
  /** Whether the same call may succeed later; from the code when not given. */
  readonly retryable?: boolean | undefined;
  /** What was thrown or answered underneath. */
  readonly cause?: unknown;
  /** Of a conflict about a zone: the zone as it is now. */
  readonly current?: Zone | undefined;
}

/**
 * The one error of this package: every promise rejects with it, whatever failed underneath.
 *
 * @example
 * ```ts
 * import { createZonedClient, ZonedError } from "@zoned/client";
 *
 * declare const zoned: ReturnType<typeof createZonedClient>;
 * try {
 *   await zoned.documents.rename("00000000-0000-4000-8000-000000000000", "Report.pdf");
 * } catch (error) {
 *   if (error instanceof ZonedError && error.code === "not_found") console.log(error.message, error.hint);
 *   else throw error;
 * }
 * ```
 */
export class ZonedError extends Error {
  override readonly name = "ZonedError";
  /** What went wrong, in one word that programs can rely on. */
  readonly code: ZonedErrorCode;
  /** What to do about it, for people; empty when there is nothing to say. */
  readonly hint: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Of a conflict about a zone: the zone as it is now. */
  readonly current: Zone | undefined;

  /** Made by this package; the constructor is public for tests. */
  constructor(parts: ZonedErrorParts) {
    super(parts.message, { cause: parts.cause });
    this.code = parts.code;
    this.hint = parts.hint ?? "";
    this.retryable = parts.retryable ?? RETRYABLE.has(parts.code);
    this.current = parts.current;
  }
}

/**
 * Whether a value is a {@link ZonedError}, of one of the given codes if any are given.
 *
 * @example
 * ```ts
 * import { isZonedError } from "@zoned/client";
 *
 * const describe = (error: unknown) =>
 *   isZonedError(error, "network", "timeout") ? "You seem to be offline." : "Something went wrong.";
 * ```
 */
export function isZonedError(value: unknown, ...codes: ZonedErrorCode[]): value is ZonedError {
  return value instanceof ZonedError && (codes.length === 0 || codes.includes(value.code));
}
