/** How everything that floats above the page looks: menus, popovers, lists to choose from. */
export const OVERLAY_DRESS =
  "z-50 overflow-hidden rounded-xl border border-line bg-raised text-ink shadow-overlay animate-rise data-[state=closed]:animate-leave";
