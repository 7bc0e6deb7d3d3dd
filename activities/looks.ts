/** Looks a few times within one call: the evaluator is mostly a moment behind, and another call costs more than that. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../language/model.ts';
import type { Watermark } from '../store/postgres/watermark.ts';
import type { CohortItem } from '../workflows/cohort/activities.ts';
import type { Answer } from '../workflows/journey/types.ts';

export interface Answered {
  id: string;
  answer: Answer;
  /** The answer is `again`, because the evaluator has not come so far. */
  lags: boolean;
}

const MAX_LOOKS = 4;
const LOOK_EVERY_MS = 20;
const REACH_MS = 50;

/** @param run carries out items; `settled`: every event received before it is committed and visible */
export async function lookRepeatedly(
  watermark: Watermark,
  items: readonly CohortItem[],
  run: (items: readonly CohortItem[], settled: Instant) => Promise<Answered[]>,
): Promise<Answered[]> {
  const done: Answered[] = [];
  let left = items;
  for (let look = 1; left.length > 0; look++) {
    const answered = await run(left, await watermarkAfter(watermark, left));
    const isLast = look === MAX_LOOKS;
    done.push(...answered.filter((one) => isLast || !one.lags));
    if (isLast) break;
    const lagging = new Set(answered.flatMap((one) => (one.lags ? one.id : [])));
    left = left.filter(({ id }) => lagging.has(id));
    if (left.length > 0) await sleep(LOOK_EVERY_MS);
  }
  return done;
}

async function watermarkAfter(watermark: Watermark, items: readonly CohortItem[]): Promise<Instant> {
  const at = Math.max(...items.map(({ command }) => command.at));
  const settled = await watermark.read();
  if (settled > at || !(await watermark.reach(at, REACH_MS))) return settled;
  return watermark.read();
}
