import { Component, type ReactNode } from "react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { ErrorPanel } from "@/components/error-panel";
import { useTitle } from "./use-title";

interface ScreenBoundaryProps {
  /** Where one is: going elsewhere is a new start. */
  path: string;
  children: ReactNode;
}

/** Shows what is inside, or that it broke. */
export class ScreenBoundary extends Component<ScreenBoundaryProps, { error: unknown; path: string }> {
  override state = { error: undefined as unknown, path: this.props.path };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  static getDerivedStateFromProps({ path }: ScreenBoundaryProps, state: { path: string }) {
    return path === state.path ? null : { path, error: undefined };
  }

  override render() {
    return this.state.error === undefined ? this.props.children : <Broken error={this.state.error} />;
  }
}

/** A screen broke, or its code did not come (a new version may have replaced it: reloading gets that). */
function Broken({ error }: { error: unknown }) {
  useTitle("Something went wrong");
  return (
    <main className="grid min-h-[70dvh] place-items-center">
      <ErrorPanel
        wholeScreen
        title="This screen could not be shown"
        onRetry={() => location.reload()}
        action={
          <Button asChild look="ghost">
            <a href="/">Go to the library</a>
          </Button>
        }
      >
        {error instanceof Error ? error.message : "Something unexpected happened."}
      </ErrorPanel>
    </main>
  );
}

/** No such address. */
export function NotFound() {
  useTitle("Not found");
  return (
    <main className="grid min-h-[70dvh] place-items-center">
      <ErrorPanel
        wholeScreen
        title="There is nothing at this address"
        action={
          <Button asChild>
            <Link to="/">Go to the library</Link>
          </Button>
        }
      >
        The link may be old, or the document was deleted.
      </ErrorPanel>
    </main>
  );
}
