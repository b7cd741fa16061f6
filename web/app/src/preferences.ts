import { create } from "zustand";
import { persist } from "zustand/middleware";

export type Theme = "system" | "light" | "dark";

interface Preferences {
  theme: Theme;
  /** Whether single keys (like `?`) act. Speech input and shaky hands can set them off by accident. */
  singleKeys: boolean;
  setTheme: (theme: Theme) => void;
  setSingleKeys: (on: boolean) => void;
}

/** What belongs to this browser and not to the account. `public/theme.js` reads the theme before the first paint. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "system",
      singleKeys: true,
      setTheme: (theme) => set({ theme }),
      setSingleKeys: (singleKeys) => set({ singleKeys }),
    }),
    { name: "zoned.preferences" },
  ),
);
