/** What the machine tells about itself. */
export interface Environment {
  /** Whether there may be a network. */
  online(): boolean;
  /** Whether somebody may be looking. */
  visible(): boolean;
  /** Calls back on changes; the function returned ends that. */
  watch(listeners: { online(): void; offline(): void; shown(): void }): () => void;
}

/** The browser's; elsewhere, always online and always visible. */
export function environment(): Environment {
  const scope = globalThis as Partial<Pick<Window, "addEventListener" | "removeEventListener">>;
  const page = typeof document === "undefined" ? undefined : document;
  return {
    online: () => typeof navigator === "undefined" || navigator.onLine !== false,
    visible: () => page?.visibilityState !== "hidden",
    watch({ online, offline, shown }) {
      const whenShown = () => {
        if (page?.visibilityState === "visible") shown();
      };
      scope.addEventListener?.("online", online);
      scope.addEventListener?.("offline", offline);
      scope.addEventListener?.("pageshow", whenShown);
      page?.addEventListener("visibilitychange", whenShown);
      return () => {
        scope.removeEventListener?.("online", online);
        scope.removeEventListener?.("offline", offline);
        scope.removeEventListener?.("pageshow", whenShown);
        page?.removeEventListener("visibilitychange", whenShown);
      };
    },
  };
}
