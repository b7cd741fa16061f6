import { ZonedError, type ZonedErrorCode } from "./error.js";

/** What the services' errors have in common; each service sets some of it. */
interface ServiceFailure {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly details?: unknown;
  readonly hint?: unknown;
}

const MESSAGES: Record<ZonedErrorCode, string> = {
  network: "The server could not be reached.",
  timeout: "The server did not answer in time.",
  unauthenticated: "You are not signed in, or your session is over.",
  forbidden: "You are not allowed to do this.",
  not_found: "There is no such thing, or it is not yours.",
  conflict: "This was changed in the meantime.",
  invalid: "A value was not accepted.",
  too_large: "The file is too large.",
  quota_exceeded: "The quota is used up.",
  not_a_pdf: "The file is not a PDF.",
  canceled: "This was canceled.",
  rate_limited: "There were too many requests.",
  unavailable: "The server is not able to answer now.",
  incompatible: "The server's answer was not understood.",
  unexpected: "Something went wrong.",
};

const HINTS: Partial<Record<ZonedErrorCode, string>> = {
  network: "Check your connection, then try again.",
  timeout: "Try again in a moment.",
  unauthenticated: "Sign in, then try again.",
  rate_limited: "Wait a moment, then try again.",
  unavailable: "Try again in a moment.",
  incompatible: "Reload the page to get the newest version.",
};

/** What the constraints of the schema say to people. */
const CONSTRAINTS: Record<string, string> = {
  documents_name_length: "A name has 1 to 255 characters.",
  documents_name_printable: "A name has no control characters.",
  documents_byte_size_limit: "A file has at most 5 GiB.",
  documents_metadata_size: "The metadata is larger than 64 KiB.",
  zones_level_range: "A level is a number from 1 to 6.",
  zones_bbox_width_positive: "A box is at least 0 points wide.",
  zones_bbox_height_positive: "A box is at least 0 points high.",
  zones_reading_order_positive: "A place in the reading order is 0 or more.",
  zones_content_size: "The text of a zone has at most 4 MiB.",
  zones_table_shape: "A table needs a list of cells.",
  zones_table_only_in_tables: "Only a zone of kind table has cells.",
  export_presets_name_length: "A preset's name has 1 to 100 characters.",
  export_presets_name_key: "There is a preset of that name already.",
  api_tokens_name_length: "A token's name has 1 to 100 characters.",
  api_tokens_name_printable: "A token's name has no control characters.",
  webhooks_url_length: "A webhook's address has 1 to 2048 characters.",
  webhooks_url_form: "A webhook's address begins with https:// and has no spaces.",
  webhooks_events_some: "A webhook is told of at least one event.",
  webhooks_events_known: "A webhook can't be told of such an event.",
  webhooks_description_length: "A webhook's description has at most 200 characters.",
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Turns whatever failed into a {@link ZonedError}.
 *
 * @param failure - An error of supabase-js (database, Auth or Storage), of fetch, or anything thrown.
 * @param status - The HTTP status of the answer, where the error itself does not hold it.
 *
 * @example
 * ```ts
 * import { toZonedError } from "@zoned/client";
 *
 * const error = toZonedError(new TypeError("Failed to fetch"));
 * console.log(error.code, error.retryable); // "network", true
 * ```
 */
export function toZonedError(failure: unknown, status?: number): ZonedError {
  if (failure instanceof ZonedError) return failure;
  const parts = (typeof failure === "object" && failure !== null ? failure : {}) as ServiceFailure;
  const code = codeOf(parts, status ?? statusOf(parts));
  const constraint = constraintOf(parts);
  return new ZonedError({
    code,
    message: constraint ?? messageOf(parts, code),
    hint: text(parts.hint) || HINTS[code],
    cause: failure,
  });
}

/** Storage puts the status it means into the body, as text, under a status of 400. */
function statusOf(failure: ServiceFailure): number {
  const inner = Number(failure.statusCode);
  if (Number.isInteger(inner) && inner >= 400) return inner;
  const outer = Number(failure.status);
  return Number.isInteger(outer) ? outer : 0;
}

function codeOf(failure: ServiceFailure, status: number): ZonedErrorCode {
  return codeOfName(failure) ?? codeOfService(text(failure.code)) ?? codeOfStatus(status, failure);
}

function codeOfName(failure: ServiceFailure): ZonedErrorCode | undefined {
  const name = text(failure.name);
  const message = text(failure.message);
  if (name === "AbortError" || /AbortError/.test(message)) return "canceled";
  if (name === "TimeoutError") return "timeout";
  if (name === "AuthRetryableFetchError") return Number(failure.status) >= 500 ? "unavailable" : "network";
  if (name === "AuthSessionMissingError") return "unauthenticated";
  return undefined;
}

function codeOfService(code: string): ZonedErrorCode | undefined {
  if (code === "PT413") return "quota_exceeded";
  if (/^PT\d{3}$/.test(code)) return codeOfStatus(Number(code.slice(2)), {});
  if (code === "PGRST116" || code === "P0002" || code === "NoSuchKey") return "not_found";
  if (/^PGRST30\d$/.test(code) || code === "28000") return "unauthenticated";
  if (code === "42501" || code === "AccessDenied") return "forbidden";
  if (code === "23505" || code === "40001" || code === "40P01") return "conflict";
  // A foreign key that points nowhere: what it belongs to is gone, or was never the caller's.
  if (code === "23503") return "not_found";
  if (code === "57014") return "timeout";
  if (/^(53|08)/.test(code) || /^PGRST00\d$/.test(code)) return "unavailable";
  if (/^(22|23)/.test(code) || code === "PGRST103") return "invalid";
  if (/^PGRST2\d\d$/.test(code)) return "incompatible";
  if (
    /^(bad_jwt|no_authorization|session_not_found|session_expired|refresh_token_\w+|user_not_found)$/.test(
      code,
    )
  ) {
    return "unauthenticated";
  }
  if (code === "over_request_rate_limit" || code === "over_email_send_rate_limit") return "rate_limited";
  return undefined;
}

function codeOfStatus(status: number, failure: ServiceFailure): ZonedErrorCode {
  if (status === 401) return "unauthenticated";
  // Storage says of an expired token that it is forbidden.
  if (status === 403) return /\bexp\b|jwt/i.test(text(failure.message)) ? "unauthenticated" : "forbidden";
  if (status === 404 || status === 406) return "not_found";
  if (status === 408 || status === 504) return "timeout";
  if (status === 409) return "conflict";
  if (status === 413) return "too_large";
  if (status === 415) return "not_a_pdf";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "unavailable";
  if (status >= 400) return "invalid";
  return isNetworkFailure(failure) ? "network" : "unexpected";
}

/** No answer at all: fetch rejects with a TypeError, whose words differ between browsers; supabase-js passes them on. */
function isNetworkFailure(failure: ServiceFailure): boolean {
  return (
    failure instanceof TypeError ||
    /TypeError|fetch failed|failed to fetch|networkerror|network request failed|load failed|ECONN|socket/i.test(
      `${text(failure.message)} ${text(failure.details)}`,
    )
  );
}

function constraintOf(failure: ServiceFailure): string | undefined {
  const name = /constraint "(\w+)"/.exec(text(failure.message))?.[1];
  return name === undefined ? undefined : CONSTRAINTS[name];
}

/** The schema's own errors (PTxxx) are written for people; what PostgreSQL and gateways say is not. */
function messageOf(failure: ServiceFailure, code: ZonedErrorCode): string {
  const spoken = /^PT\d{3}$/.test(text(failure.code)) && text(failure.message);
  return spoken || MESSAGES[code];
}
