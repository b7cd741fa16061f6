import { QueryErrorResetBoundary } from "@tanstack/react-query";
import { Component, type ErrorInfo, type ReactNode } from "react";
import type { ZonedError } from "../error.js";
import { toZonedError } from "../error_from.js";

/** What a fallback is given. */
export interface FallbackProps {
  readonly error: ZonedError;
  /** Renders the children again; queries that failed are asked again. */
  readonly retry: () => void;
}

/** Props of {@link ZonedErrorBoundary}. */
export interface ZonedErrorBoundaryProps {
  readonly children?: ReactNode;
  /** What is shown instead; {@link ErrorMessage} when not given. */
  readonly fallback?: ((props: FallbackProps) => ReactNode) | undefined;
  readonly onError?: ((error: ZonedError, info: ErrorInfo) => void) | undefined;
  /** Renders the children again when it changes: the address of the page, say. */
  readonly resetKey?: string | undefined;
}

/**
 * Shows what went wrong below it and how to go on. Errors that queries throw are asked for again on retry.
 *
 * @example
 * ```tsx
 * import { ZonedErrorBoundary } from "@zoned/client/react";
 *
 * export function Safe({ children }: { children: React.ReactNode }) {
 *   return (
 *     <ZonedErrorBoundary fallback={({ error, retry }) => <p>{error.message} <button type="button" onClick={retry}>Try again</button></p>}>
 *       {children}
 *     </ZonedErrorBoundary>
 *   );
 * }
 * ```
 */
export function ZonedErrorBoundary(props: ZonedErrorBoundaryProps) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => <Boundary {...props} key={props.resetKey} onReset={reset} />}
    </QueryErrorResetBoundary>
  );
}

class Boundary extends Component<
  ZonedErrorBoundaryProps & { readonly onReset: () => void },
  { error: ZonedError | null }
> {
  override state: { error: ZonedError | null } = { error: null };

  static getDerivedStateFromError(failure: unknown) {
    return { error: toZonedError(failure) };
  }

  override componentDidCatch(failure: unknown, info: ErrorInfo) {
    this.props.onError?.(toZonedError(failure), info);
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const retry = () => {
      this.props.onReset();
      this.setState({ error: null });
    };
    return (this.props.fallback ?? ErrorMessage)({ error, retry });
  }
}

/**
 * What went wrong, what to do about it, and a button to try again where that may help.
 *
 * @example
 * ```tsx
 * import { toZonedError } from "@zoned/client";
 * import { ErrorMessage, useDocument } from "@zoned/client/react";
 *
 * export function Problem({ id }: { id: string }) {
 *   const { error, refetch } = useDocument(id);
 *   return error && <ErrorMessage error={toZonedError(error)} retry={() => void refetch()} />;
 * }
 * ```
 */
export function ErrorMessage({ error, retry }: FallbackProps): ReactNode {
  return (
    <div role="alert" data-zoned="error">
      <p>{error.message}</p>
      {error.hint && <p>{error.hint}</p>}
      {(error.retryable || error.code === "unexpected") && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
