/**
 * Walks the subjects of schedules (T11) and predictions (T14), chunk by chunk: a transaction takes a due row, enters what
 * its next subjects fire at the instant, or writes what is predicted of them, and moves the row's cursor. A crash repeats
 * nothing: what was made and the cursor are committed together, and a firing's id is its instant's, subject's and arm's
 * (N3). Any number of evaluators may walk.
 */
import type { Instant } from '../../language/model.ts';
import { readGeneration } from '../../store/deployments/deployments.ts';
import { claimSchedule, hasPendingUpTo, hasScheduleBefore } from '../../store/evaluation/schedules.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Watermark } from '../../store/postgres/watermark.ts';
import type { Deployed } from '../deployed-program.ts';
import { walksOf } from './calendar-walks.ts';
import { sweepPredictions } from './predictions.ts';
import { isOf, LOOKS_FOR_ZONES, lookForZones, syncSchedules } from './schedule-rows.ts';
import { walkChunk } from './walk-chunk.ts';

export interface ScheduleRunner {
  /** Walks one chunk of what is due. False where there was nothing to do, or no subject was ready. */
  walk(deployed: Deployed): Promise<boolean>;
  /** True while a walk is due before an instant, or a deployment's walks have not been begun. */
  isDue(before: Instant): Promise<boolean>;
}

export function openSchedules(database: Database, watermark: Watermark): ScheduleRunner {
  let synced = 0;
  let swept = 0;
  return {
    async walk(deployed) {
      if (synced !== deployed.generation) {
        const done = await database.transaction((client) => syncSchedules(client, deployed));
        if (!done) return true; // something else is deployed by now: the next poll reads it
        synced = deployed.generation;
      }
      if (swept !== deployed.generation) {
        if (await sweepPredictions(database, deployed)) return true;
        swept = deployed.generation;
      }
      const walks = walksOf(deployed);
      if (walks.length === 0) return false;
      const safeAt = await watermark.read();
      return database.transaction(async (client) => {
        const row = await claimSchedule(client, safeAt);
        const walk = row && walks.find((one) => isOf(row, one));
        if (!row || !walk) return false; // the next poll reads what is deployed
        // Under the table's lock, as where the rows are made: no deployment comes between here and the end.
        if ((await readGeneration(client)) !== deployed.generation) return true;
        // Everything earlier is consumed first, for all subjects: a pending event may create a subject that has no record yet.
        if (await hasPendingUpTo(client, row.nextAt)) return false;
        if (row.zone === LOOKS_FOR_ZONES) await lookForZones({ client, deployed, walk, row, safeAt });
        else return walkChunk({ client, deployed, walk, row, safeAt });
        return true;
      });
    },
    async isDue(before) {
      const generation = await readGeneration(database.pool);
      return (generation !== 0 && generation !== swept) || hasScheduleBefore(database.pool, before);
    },
  };
}
