// A list that grows at its end stays at its end, unless the person has scrolled up to read.
import { type RefObject, useLayoutEffect, useRef } from "react";

const NEAR_PX = 24;

/** For the scrolling element; `length` says when the list has grown. */
export function useStick(growth: unknown): { ref: RefObject<HTMLDivElement | null>; onScroll: () => void } {
  const ref = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `growth` says when to look again
  useLayoutEffect(() => {
    const element = ref.current;
    if (element && sticks.current) element.scrollTop = element.scrollHeight;
  }, [growth]);
  return {
    ref,
    onScroll: () => {
      const element = ref.current;
      if (element) sticks.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    },
  };
}
