import { AuthError, isAuthRetryableFetchError } from "@supabase/supabase-js";

/** What went wrong, in words, with what to do. */
export function authMessage(error: unknown): string {
  if (isAuthRetryableFetchError(error))
    return "The server cannot be reached. Check your connection and try again.";
  if (!(error instanceof AuthError)) return "Something unexpected happened. Try again.";
  switch (error.code) {
    case "invalid_credentials":
      return "E-mail and password do not match. Check both, or reset the password.";
    case "email_not_confirmed":
      return "This e-mail address is not confirmed yet. Open the link in the message we sent you.";
    case "user_already_exists":
    case "email_exists":
      return "There is an account with this e-mail address already. Sign in instead.";
    case "weak_password":
      return "This password is too easy to guess. Choose a longer one.";
    case "same_password":
      return "This is the password you had before. Choose another.";
    case "email_address_invalid":
    case "validation_failed":
      return "This is no e-mail address we can use. Check it for typing errors.";
    case "signup_disabled":
      return "New accounts are switched off for this project. Ask whoever runs it.";
    case "otp_expired":
      return "The link has expired or was used before. Ask for a new one.";
    case "over_email_send_rate_limit":
    case "over_request_rate_limit":
      return "That was too often. Wait a minute, then try again.";
    case "user_banned":
      return "This account is locked. Ask whoever runs the project.";
    case "session_not_found":
    case "session_expired":
      return "You were signed out. Sign in again.";
    default:
      return error.message || "Something unexpected happened. Try again.";
  }
}

/** Fewest characters of a password: what Auth asks for by default. */
export const PASSWORD_LENGTH = 6;
