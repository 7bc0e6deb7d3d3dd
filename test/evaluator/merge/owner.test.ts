/** E6: whose a firing is follows from what was claimed, not from which claim came first. */
import { describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import type { Evaluation } from '../../support/evaluation.ts';
import { at, cart, identify, known, visitor } from '../visitors.ts';
import { othersThan } from './arrivals.ts';

const clock = { from: at('08:00'), now: at('12:00'), until: at('12:10') };

/** Enrolments that go on, with the event that opened the watch. */
async function enrolled({ database }: Evaluation): Promise<string[]> {
  const { rows } = await database.pool.query<{ at: number; who: string; last: string }>(
    `SELECT coalesce(f.stands_at, f.at) AS at, e.subject_id AS who, f.evidence[cardinality(f.evidence)] AS last
       FROM enrolments e JOIN firings f ON f.id = e.firing_id
      WHERE f.undone_by IS NULL OR f.moved ORDER BY 1, 2`,
  );
  return rows.map(({ at: when, who, last }) => `${isoInstant(when).slice(11, 16)} ${who} ${last}`);
}

/** What was taken back: whose it is. */
async function undone({ database }: Evaluation): Promise<string[]> {
  const { rows } = await database.pool.query<{ at: number; who: string }>(
    'SELECT at, subject_id AS who FROM firings WHERE undone_by IS NOT NULL AND NOT moved ORDER BY at, subject_id',
  );
  return rows.map(({ at: when, who }) => `${isoInstant(when).slice(11, 16)} ${who}`);
}

describe('a device that a second contact claimed earlier', () => {
  const claims = [identify('09:36', {}, 'kay', 'a'), identify('10:30', {}, 'lea', 'a')];

  it('leaves each the firing of the own timeline, and neither is held up by what is the other`s', async () => {
    const events = [
      claims[0]!,
      known('cart.updated', '10:00', 'lea'),
      visitor('cart.updated', '10:06', 'a'),
      claims[1]!,
    ];
    const wanted = ['11:00 lea cart.updated-10:00-lea', '11:06 kay cart.updated-10:06-a'];
    expect(await othersThan({ files: [cart()], clock, events, read: enrolled }, wanted)).toEqual({});
  });

  it('gives what was taken back to whose it was: it is nobody else`s past', async () => {
    const files = [cart('anonymous: true')];
    const events = [
      claims[0]!,
      visitor('cart.updated', '10:06', 'a'),
      visitor('order.completed', '10:10', 'a'),
      claims[1]!,
    ];
    const whose = async (evaluation: Evaluation) =>
      (await undone(evaluation)).filter((line) => !/^11:06 kay~\d+~$/.test(line));
    expect(await othersThan({ files, clock, events, read: whose }, [])).toEqual({});
  });
});
