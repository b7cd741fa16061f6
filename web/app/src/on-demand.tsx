import {
  type ComponentType,
  type LazyExoticComponent,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useState,
} from "react";

/** A component whose code comes when it is first rendered, or when `load` asks for it before that. */
export type OnDemand<Props extends object> = LazyExoticComponent<ComponentType<Props>> & {
  load: () => Promise<unknown>;
};

/** Makes a component of code that is not part of what is loaded first. */
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>): OnDemand<Props> {
  const component = lazy(async () => ({ default: await load() }));
  return Object.assign(component, { load });
}

/** What is inside is made when it is first wanted, and stays then: a dialog also shows how it closes. */
export function OnFirstUse({ wanted, children }: { wanted: boolean; children: ReactNode }) {
  const [made, setMade] = useState(wanted);
  if (wanted && !made) setMade(true);
  return made ? <Suspense>{children}</Suspense> : null;
}

/** What a screen needs itself is on its way for so long, milliseconds. */
const HEAD_START = 2000;

/** Fetches code that may be wanted next, once the page is there and has nothing better to do. */
export function useLoadedWhenIdle(...components: readonly { load: () => Promise<unknown> }[]): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: which they are never changes.
  useEffect(() => {
    // What cannot be fetched now is asked for again, and failures told, when it is wanted.
    const load = () => {
      for (const component of components) component.load().catch(() => {});
    };
    // Not every browser tells when it has nothing to do.
    const timer = setTimeout(
      () => ("requestIdleCallback" in window ? requestIdleCallback(load, { timeout: 10_000 }) : load()),
      HEAD_START,
    );
    return () => clearTimeout(timer);
  }, []);
}
