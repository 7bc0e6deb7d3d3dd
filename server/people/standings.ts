/** How the triggers of what is deployed, or was at an instant of before, stand with a subject, as one look at the store says it. */
import { currentDeployed, deployedAt } from '../../evaluator/deployed-program.ts';
import { type ArmStanding, lookBack, type Unfitting } from '../../evaluator/explain/look-back.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { localDate, localMinute, weekday } from '../../language/time/zones.ts';
import { lookedWords } from '../../steps/words/decision-words.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';

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
    const current = await currentDeployed(client, undefined);
    if (current === undefined) return [];
    const deployed = at === undefined ? current : await deployedAt(client, at);
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

/** A line of how an arm stands: what a key still lacks, or an event that came and did not fit. */
export interface StandingLine {
  arm: number;
  /** Null of an event that did not fit. */
  key: string | null;
  text: string;
}

/** @param standings of one playbook, an arm each */
export function standingLines(standings: readonly ArmStanding[], zone: string): StandingLine[] {
  return standings.flatMap(({ arm, lacks, unfitting }) => [
    ...lacks.flatMap(({ key, words }) => words.map((text) => ({ arm, key, text }))),
    ...unfitting.map((one) => ({ arm, key: null, text: unfittingText(one, zone) })),
  ]);
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Monday 2026-03-02 11:02`, by the clocks of the zone. */
export function dayAndTime(at: Instant, zone: string): string {
  const date = localDate(at, zone);
  const minute = localMinute(at, zone);
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${DAYS[weekday(date)]} ${date} ${time}`;
}

function unfittingText({ event, at, where, values }: Unfitting, zone: string): string {
  return `${event} of ${dayAndTime(at, zone)} does not fit \`${where}\`: ${lookedWords(values)}`;
}
