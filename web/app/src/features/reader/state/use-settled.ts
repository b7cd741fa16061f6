import { useEffect, useState } from "react";

/** True once the component has been there for a while: what only flies by while scrolling need not be loaded. */
export function useSettled(milliseconds = 80): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return settled;
}
