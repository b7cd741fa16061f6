export function firstLoads(): Promise<Record<"signIn" | "library" | "reader" | "settings", number>>;
