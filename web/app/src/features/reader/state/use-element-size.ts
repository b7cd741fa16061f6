import { type RefObject, useLayoutEffect, useState } from "react";
import type { Size } from "../geometry/box";

const NONE: Size = { width: 0, height: 0 };

/** The inner size of an element, without its scroll bars; 0 by 0 until it is there. */
export function useElementSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState(NONE);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
