import type { Outgoing } from '../../steps/step.ts';

/** What shares its slots: a system that answers slowly must not hold up mails, nor the other way round. */
export type HandoverLane = Outgoing['kind'];
export type HandoverLanes = { readonly [lane in HandoverLane]: HandoverSlots };

/** Bounds how many effects are claimed and not yet answered for: as many, and no more, are unknown after a crash (P4). */
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
