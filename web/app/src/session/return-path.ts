/** Where to go after signing in: a path within the app, or the library when `from` is anything else. */
export function returnPath(from: string | null): string {
  if (!from) return "/";
  const base = "https://app.invalid";
  const url = URL.canParse(from, base) ? new URL(from, base) : null;
  // A path like //elsewhere.example or /\elsewhere.example would leave the app.
  if (!url || url.origin !== base || !from.startsWith("/")) return "/";
  return url.pathname + url.search;
}
