/** Screens on which the panes are stacked. */
export const NARROW = "(max-width: 767px)";
