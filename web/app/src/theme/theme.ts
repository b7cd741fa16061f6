import { type Theme, usePreferences } from "@/preferences";

/** The theme that is shown: what the reader of the page chose, or what the system asks for. */
export function shownTheme(theme: Theme, systemIsDark: boolean): "light" | "dark" {
  if (theme === "system") return systemIsDark ? "dark" : "light";
  return theme;
}

/** Keeps the page in step with the preference and with the system. Called once, at start. */
export function followTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const shown = shownTheme(usePreferences.getState().theme, system.matches);
    document.documentElement.dataset["theme"] = shown;
    const canvas = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
    document.querySelector('meta[name="theme-color"]')?.setAttribute("content", canvas);
  };
  apply();
  system.addEventListener("change", apply);
  usePreferences.subscribe(apply);
}
