/** Lets so many run at once; the others wait their turn. */
export function atMost(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes on to whoever waits longest.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
