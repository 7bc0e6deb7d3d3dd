/** Bounds how many messages are claimed and not yet answered for: as many, and no more, are unknown after a crash (P4). */
export interface HandoverSlots {
  /** Waits for a free slot, then takes as many as are free, up to `atMost`; first come, first served. */
  take(atMost: number): Promise<number>;
  /** Gives one back. */
  give(): void;
}

export function handoverSlots(total: number): HandoverSlots {
  let free = total;
  const waiting: { atMost: number; grant: (slots: number) => void }[] = [];
  const serve = () => {
    while (free > 0 && waiting.length > 0) {
      const { atMost, grant } = waiting.shift()!;
      const slots = Math.min(free, atMost);
      free -= slots;
      grant(slots);
    }
  };
  return {
    take: (atMost) =>
      new Promise((grant) => {
        waiting.push({ atMost, grant });
        serve();
      }),
    give() {
      free += 1;
      serve();
    },
  };
}
