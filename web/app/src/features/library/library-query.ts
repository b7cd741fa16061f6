import type { DocumentQuery, DocumentSort, DocumentStatus } from "@zoned/client";

/** Which documents are shown: part of the address, so that it can be kept and shared. */
export interface LibraryView {
  search: string;
  show: Show;
  sort: DocumentSort;
  descending: boolean;
}

export type Show = "all" | "working" | "ready" | "failed";

/** What can be shown, and which statuses that means. */
export const SHOWS: Record<Show, { label: string; statuses: readonly DocumentStatus[] }> = {
  all: { label: "All", statuses: [] },
  working: { label: "In progress", statuses: ["awaiting_upload", "queued", "processing"] },
  ready: { label: "Ready", statuses: ["ready"] },
  failed: { label: "Failed", statuses: ["failed"] },
};

/** What it can be sorted by, and which way each begins. */
export const SORTS = {
  created_at: { label: "Added", descending: true },
  updated_at: { label: "Changed", descending: true },
  name: { label: "Name", descending: false },
  byte_size: { label: "Size", descending: true },
  page_count: { label: "Pages", descending: true },
} as const satisfies Partial<Record<DocumentSort, { label: string; descending: boolean }>>;

export type Sort = keyof typeof SORTS;

/** What is shown at first. */
export const FIRST_VIEW: LibraryView & { sort: Sort } = {
  search: "",
  show: "all",
  sort: "created_at",
  descending: true,
};

/** Reads the address; what is unknown in it is as if it were not there. */
export function viewOf(params: URLSearchParams): LibraryView & { sort: Sort } {
  const show = params.get("show") ?? "";
  const sort = params.get("sort") ?? "";
  const known: Sort = Object.hasOwn(SORTS, sort) ? (sort as Sort) : FIRST_VIEW.sort;
  const order = params.get("order");
  return {
    search: params.get("q") ?? "",
    show: Object.hasOwn(SHOWS, show) ? (show as Show) : FIRST_VIEW.show,
    sort: known,
    descending: order === "asc" || order === "desc" ? order === "desc" : SORTS[known].descending,
  };
}

/** The address of a view; what is as at first is left out. */
export function paramsOf({ search, show, sort, descending }: LibraryView & { sort: Sort }): URLSearchParams {
  const params = new URLSearchParams();
  if (search) params.set("q", search);
  if (show !== FIRST_VIEW.show) params.set("show", show);
  if (sort !== FIRST_VIEW.sort) params.set("sort", sort);
  if (descending !== SORTS[sort].descending) params.set("order", descending ? "desc" : "asc");
  return params;
}

/** What to ask for. */
export function queryOf({ search, show, sort, descending }: LibraryView): DocumentQuery {
  return {
    ...(search.trim() ? { search: search.trim() } : {}),
    ...(SHOWS[show].statuses.length > 0 ? { statuses: SHOWS[show].statuses } : {}),
    sort,
    descending,
  };
}
