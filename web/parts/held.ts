/** A list that does not move under somebody's hand: what comes while the pointer or the focus is in it is counted, and shown when asked for. */
import { type RefObject, useRef, useState } from 'react';

export interface Held<T> {
  shown: readonly T[];
  /** That came since it is held. */
  newOnes: number;
  showAll: () => void;
  /** Of the element that has the list. */
  of: {
    ref: RefObject<never>;
    onPointerEnter: () => void;
    onFocus: () => void;
    onPointerLeave: () => void;
    onBlur: () => void;
  };
}

export function useHeld<T>(lines: readonly T[], idOf: (line: T) => string | number): Held<T> {
  const [held, setHeld] = useState<readonly T[]>();
  const list = useRef<HTMLElement>(null);
  const shown = held ?? lines;
  const known = new Set(shown.map(idOf));
  const hold = () => setHeld((before) => before ?? lines);
  const release = () => {
    if (list.current?.matches(':hover, :focus-within') !== true) setHeld(undefined);
  };
  return {
    shown,
    // What a page further brought stands below, and is not new.
    newOnes: held === undefined ? 0 : newAbove(lines, known, idOf),
    showAll: () => setHeld(lines),
    of: {
      ref: list as RefObject<never>,
      onPointerEnter: hold,
      onFocus: hold,
      onPointerLeave: release,
      onBlur: () => setTimeout(release),
    },
  };
}

function newAbove<T>(lines: readonly T[], known: ReadonlySet<string | number>, idOf: (line: T) => string | number) {
  const first = lines.findIndex((line) => known.has(idOf(line)));
  return first < 0 ? lines.length : first;
}
