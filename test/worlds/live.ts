/** Histories as they come in, live on one store: request by request, under a clock that is stepped through all that is due. */
import { parseCall } from '../../events/parse-call.ts';
import { readJson } from '../../events/read-json.ts';
import type { Instant } from '../../language/model.ts';
import { type History, named, START, wireText } from '../../simulate/worlds/world.ts';
import { appendEvents } from '../../store/events/events.ts';
import { stepClock } from '../../store/postgres/clock.ts';
import { nextDue } from '../support/next-due.ts';
import { type LiveParts, openParts } from './live-parts.ts';
import { nameOf, UNTIL, type World } from './shared.ts';

const AS_SENT = { source: 'import', history: false } as const;

export interface LiveWorld extends LiveParts {
  /** Sends each request, lets it be consumed, and steps the clock through all that is due until the end. */
  play(histories: readonly History[]): Promise<void>;
}

const MAX_ROUNDS = 200;

export async function startWorld(world: World): Promise<LiveWorld> {
  const parts = await openParts(world, START - 1);
  const { database, evaluator, journeys } = parts;
  let now = START - 1;
  const stepTo = async (to: Instant) => {
    if (to <= now) return;
    await stepClock(database.pool, (now = to));
    await evaluator.idle();
  };
  /** An instant has been passed when the clock stands behind it. */
  const settle = async () => {
    for (let round = 0, moved = true; moved && round < MAX_ROUNDS; round++) {
      await stepTo(now + 1);
      moved = await journeys.move(now);
      await evaluator.idle();
    }
  };
  const passUntil = async (end: Instant) => {
    for (let due = await nextDue({ database }); due !== undefined && due < end; due = await nextDue({ database })) {
      await stepTo(due);
      await settle();
    }
  };
  return Object.assign(parts, {
    async play(histories: readonly History[]) {
      const arrivals = histories.flatMap((history, n) => named(history, nameOf(n)));
      const instants = [...new Set(arrivals.map(({ sentAt }) => sentAt))].sort((a, b) => a - b);
      for (const instant of instants) {
        await passUntil(instant);
        await stepTo(instant);
        const come = arrivals.filter(({ sentAt }) => sentAt === instant);
        for (const cut of [...new Set(come.map((one) => one.cut))].sort((a, b) => a - b)) {
          await appendEvents(
            database,
            come
              .filter((one) => one.cut === cut)
              .map((arrival) => parseCall(readJson(wireText(arrival)), AS_SENT).event),
          );
          await evaluator.idle();
        }
        await settle();
      }
      await passUntil(UNTIL);
      await stepTo(UNTIL);
    },
  });
}
