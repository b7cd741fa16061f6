// One JSON object a line, as the daemon logs. Never bodies, tokens, names of documents or addresses that hold secrets.

export type Level = "info" | "warn" | "error";

export function log(level: Level, message: string, fields: Record<string, unknown> = {}): void {
  // biome-ignore lint/suspicious/noConsole: it is how the platform takes a function's log
  console.log(JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields }));
}
