import { describe, expect, it } from 'vitest';
import type { RunLine } from '../../simulate/run/types.ts';
import { BEGIN, FIRST_HISTORY_DAY, playDays } from './played.ts';

const HOUR_MS = 3_600_000;
/** At an hour a second, a minute shows so much. */
const A_MINUTE_SHOWS_MS = 60 * HOUR_MS;
const SEEDS = [1, 2, 3, 20, 77];

function firstHours(lines: readonly RunLine[], effect: string, playbook: string): number {
  const done = lines.find(
    (line) => line.type === 'effect' && line.effect === effect && line.playbook === playbook && line.refused === null,
  );
  return done === undefined ? Number.POSITIVE_INFINITY : (done.at - BEGIN) / HOUR_MS;
}

describe.each(SEEDS)('the company of seed %i', (seed) => {
  const { history, live, lines } = playDays(seed, 3);

  it('gives every playbook something to do within the first minute of a demo', () => {
    const acts = {
      'cart-abandoned': firstHours(lines, 'send', 'cart-abandoned'),
      'usage-dropped task': firstHours(lines, 'task', 'usage-dropped'),
      'usage-dropped mail': firstHours(lines, 'send', 'usage-dropped'),
      'follow-up-cadence': firstHours(lines, 'task', 'follow-up-cadence'),
      'follow-up-hot': firstHours(lines, 'update', 'follow-up-hot'),
      'sla-escalation nudge': firstHours(lines, 'notify', 'sla-escalation'),
      'sla-escalation': firstHours(lines, 'escalate', 'sla-escalation'),
    };
    for (const [what, hours] of Object.entries(acts)) expect(hours, what).toBeLessThan(36);
    expect(acts['cart-abandoned']).toBeLessThan(4);
  });

  it('leaves shoppers alone who buy in time, and sees some buy after a reminder', () => {
    const within = lines.filter((line) => line.at < BEGIN + A_MINUTE_SHOWS_MS);
    const outcomes = within.flatMap((line) =>
      line.type === 'outcome' && line.playbook === 'cart-abandoned' ? [line.outcome] : [],
    );
    expect(outcomes).toContain('converted');
    const carts = new Set(live.flatMap(({ call }) => (call.event === 'cart.updated' ? [keyOf(call)] : [])));
    const fired = within.filter((line) => line.type === 'firing' && line.playbook === 'cart-abandoned');
    expect(fired.length).toBeLessThan(carts.size);
  });

  it('has a past of forty days, and tells nothing of it later than it begins', () => {
    const at = history.map((call) => call.at);
    expect(Math.max(...at)).toBeLessThan(BEGIN);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(FIRST_HISTORY_DAY);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  });
});

describe('one seed', () => {
  it('plays the same company again', () => {
    expect(playDays(5, 2)).toEqual(playDays(5, 2));
  });

  it('plays another than the next seed', () => {
    expect(playDays(5, 1).live).not.toEqual(playDays(6, 1).live);
  });
});

function keyOf(call: { [name: string]: unknown }): unknown {
  return (call.properties as { cart_id?: unknown }).cart_id;
}
