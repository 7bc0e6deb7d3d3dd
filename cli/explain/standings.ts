/** How the triggers of what is deployed stand with a subject, as one look at the store says it. */
import { currentDeployed } from '../../evaluator/deployed-program.ts';
import { type ArmStanding, lookBack } from '../../evaluator/explain/look-back.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { dayAndTime } from './print-standing.ts';

export interface StandingsAsked {
  playbook?: string | undefined;
  /** An instant of before; without it now. */
  at?: Instant | undefined;
  zone: string;
}

export async function standingsOf(
  { pool }: Pick<Database, 'pool'>,
  subject: SubjectRef,
  { playbook, at, zone }: StandingsAsked,
): Promise<ArmStanding[]> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const deployed = await currentDeployed(client, undefined);
    if (deployed === undefined) return [];
    const asked = {
      at: at ?? (await now(client)),
      knownAt: at,
      playbook,
      told: (one: Instant) => dayAndTime(one, zone),
    };
    return await lookBack(client, deployed, subject, asked);
  } finally {
    await client.query('ROLLBACK').catch(() => {});
    client.release();
  }
}
