import type { ReactNode } from "react";

/** Props of {@link Loading}. */
export interface LoadingProps {
  /** What is loaded, for people: "Documents", say. */
  readonly label: string;
  readonly children?: ReactNode;
}

/**
 * Something is on its way: told to screen readers; children are what is seen, a skeleton say.
 *
 * @example
 * ```tsx
 * import { Loading } from "@zoned/client/react";
 *
 * export const Skeleton = () => <Loading label="Documents"><div className="skeleton" /></Loading>;
 * ```
 */
export function Loading({ label, children }: LoadingProps): ReactNode {
  return (
    <div role="status" aria-busy="true" aria-label={`Loading: ${label}`} data-zoned="loading">
      {children ?? `${label} …`}
    </div>
  );
}

/** Props of {@link Empty}. */
export interface EmptyProps {
  readonly title: string;
  /** What to do about it. */
  readonly hint?: ReactNode;
  /** Buttons, say. */
  readonly children?: ReactNode;
}

/**
 * There is nothing yet, and what to do about it.
 *
 * @example
 * ```tsx
 * import { Empty } from "@zoned/client/react";
 *
 * export const NoDocuments = () => <Empty title="No documents yet" hint="Drop a PDF anywhere on this page." />;
 * ```
 */
export function Empty({ title, hint, children }: EmptyProps): ReactNode {
  return (
    <div data-zoned="empty">
      <p>{title}</p>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  );
}

/** Props of {@link QueryView}. */
export interface QueryViewProps<Data> {
  /** What a query hook gave. */
  readonly query: {
    readonly data: Data | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** What is loaded, for people. */
  readonly label: string;
  /** Shown while there is nothing. */
  readonly loading?: ReactNode;
  /** Shown instead of data that is empty; see `isEmpty`. */
  readonly empty?: ReactNode;
  /** Whether there is nothing to show; an empty array is nothing when not given. */
  readonly isEmpty?: ((data: Data) => boolean) | undefined;
  /** Shown instead, when there is no data because of an error. */
  readonly failed: (props: { readonly error: Error; readonly retry: () => void }) => ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/**
 * The four states of a query: loading, failed, empty, there.
 *
 * @example
 * ```tsx
 * import { toZonedError } from "@zoned/client";
 * import { Empty, ErrorMessage, QueryView, usePresets } from "@zoned/client/react";
 *
 * export function Presets() {
 *   return (
 *     <QueryView
 *       query={usePresets()}
 *       label="Presets"
 *       empty={<Empty title="No presets yet" hint="Save one when you export." />}
 *       failed={({ error, retry }) => <ErrorMessage error={toZonedError(error)} retry={retry} />}
 *     >
 *       {(presets) => presets.map((preset) => <p key={preset.id}>{preset.name}</p>)}
 *     </QueryView>
 *   );
 * }
 * ```
 */
export function QueryView<Data>(props: QueryViewProps<Data>): ReactNode {
  const { query, label, loading, empty, isEmpty = isEmptyArray, failed, children } = props;
  if (query.data === undefined) {
    if (query.error) return failed({ error: query.error, retry: () => void query.refetch() });
    return loading ?? <Loading label={label} />;
  }
  return empty !== undefined && isEmpty(query.data) ? empty : children(query.data);
}

function isEmptyArray(data: unknown): boolean {
  return Array.isArray(data) && data.length === 0;
}
