/** A run drops only what is never read again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { Agenda } from '../../simulate/run/agenda.ts';
import { run } from '../../simulate/run/run.ts';
import { compiled } from '../rules/play.ts';

const DAY_MS = 86_400_000;
const PEOPLE = 3_000;

describe('a crowd that has ended', () => {
  it('may enter again after the time that `again` says, and not before (N2)', () => {
    const { versions, workspace } = compiled('trigger: { event: seen }\nagain: after 30d\nsteps: [{ record: x }]');
    const { settings, people } = workspace;
    const refused: { [day: string]: (string | null)[] } = { 0: [], 29: [], 31: [], 62: [] };
    const events = function* (): Generator<TimelineEvent> {
      let arrival = 0;
      for (const day of [0, 29, 31, 62]) {
        for (let n = 0; n < PEOPLE; n++) {
          const at = day * DAY_MS + n * 1000;
          const subjects = [{ type: 'contact' as const, id: `p${n}` }];
          arrival += 1;
          const messageId = `m${arrival}`;
          yield { arrival, messageId, name: 'seen', at, receivedAt: at, properties: {}, subjects, patches: [] };
        }
      }
    };
    run({ versions, settings, people, records: [], events: events(), holdout: 'out' }, (line) => {
      if (line.type === 'enrolment') refused[Math.floor(line.at / DAY_MS)]!.push(line.refused);
    });
    const all = (reason: string | null) => new Array(PEOPLE).fill(reason);
    expect(refused).toEqual({ 0: all(null), 29: all('again'), 31: all(null), 62: all(null) });
  });
});

describe('the agenda', () => {
  it('names everyone at their earliest instant, in order', () => {
    const wish = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constantFrom('ada', 'bob', 'eve', 'kim'));
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 40 }), (wishes) => {
        const agenda = new Agenda<string>();
        for (const [at, who] of wishes) agenda.push(at, who);
        const first = new Map<string, number>();
        const instants: number[] = [];
        for (let next = agenda.pop(); next; next = agenda.pop()) {
          instants.push(next.at);
          if (!first.has(next.who)) first.set(next.who, next.at);
        }
        expect(instants).toEqual(instants.toSorted((a, b) => a - b));
        for (const [at, who] of wishes) expect(first.get(who)).toBeLessThanOrEqual(at);
        expect(first.size).toBe(new Set(wishes.map(([, who]) => who)).size);
      }),
    );
  });
});
