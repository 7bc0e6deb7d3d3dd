/** Section 3: which firings enter, and why the others do not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enrolmentIdOf } from '../../../language/hash.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import type { EntryFacts } from '../../../triggers/entry/entry.ts';
import { day, type Happening, play } from '../play.ts';
import { AT, DAY_MS, decide } from './deciding.ts';

describe('the order of the reasons (N1)', () => {
  const everything: Partial<EntryFacts> = {
    status: 'paused',
    now: AT + 4 * DAY_MS,
    audience: { holds: false, looked: {} },
    past: [{ key: '', startedAt: AT - 1, open: true, nextAt: AT + 1 }],
    refusedContact: 'consent',
    holdout: 'in',
  };

  it('inactive, too_late_after, audience, open, again, and holdout refuses nothing', () => {
    expect(decide('', everything)).toBe('inactive');
    expect(decide('', { ...everything, status: 'active' })).toBe('too_late_after');
    expect(decide('', { ...everything, status: 'active', now: AT })).toBe('audience');
    const rest = { ...everything, status: 'active' as const, now: AT, audience: { holds: true, looked: {} } };
    expect(decide('', rest)).toBe('open');
    expect(decide('', { ...rest, past: [{ ...rest.past![0]!, open: false }] })).toBe('again');
    expect(decide('holdout: 10%', { ...rest, past: [] })).toBe('ghost');
  });

  it('consent or suppression is asked where every effect is a marketing message', () => {
    const only = `trigger: { event: seen }\nsteps: [{ send: email, template: cart-reminder, class: marketing }]`;
    const mixed = only.replace(']', ', { record: x }]');
    const entries = (playbook: string, contact: object) =>
      play(playbook, { contact: contact as never, events: [[day('10:00'), 'seen']] }).entries;
    const ok = { email: 'a@x.example', consent: { marketing: true } };
    expect(entries(only, ok)).toEqual(['03-02 10:00 entered']);
    expect(entries(only, { email: 'a@x.example' })).toEqual(['03-02 10:00 consent']);
    expect(entries(only, { ...ok, suppression: 'unsubscribed' })).toEqual(['03-02 10:00 suppressed']);
    expect(entries(mixed, { email: 'a@x.example' })).toEqual(['03-02 10:00 entered']);
  });

  it("for a deal it is its contact's", () => {
    const entries = (consent: boolean) =>
      play(`subject: deal\ntrigger: { event: seen }\nsteps: [{ send: email, template: hello, class: marketing }]`, {
        deal: { contactId: 'bob' },
        records: [{ type: 'contact', id: 'bob', traits: { email: 'b@x.example', consent: { marketing: consent } } }],
        events: [[day('10:00'), 'seen']],
        extra: [{ path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' }],
      }).entries;
    expect([entries(true), entries(false)]).toEqual([['03-02 10:00 entered'], ['03-02 10:00 consent']]);
  });

  it('too late is counted from the firing, by 72 h unless said', () => {
    expect(decide('', { now: AT + 3 * DAY_MS })).toBe('entered');
    expect(decide('', { now: AT + 3 * DAY_MS + 1 })).toBe('too_late_after');
    expect(decide('too_late_after: 1h', { now: AT + 3_600_001 })).toBe('too_late_after');
  });

  it('before_deploy, and overtaken, are refusals of their own (T18, T13)', () => {
    expect(decide('', { deployedAt: AT + 1 })).toBe('before_deploy');
    expect(decide('', { deployedAt: AT })).toBe('entered');
    expect(decide('', {}, { overtaken: true })).toBe('overtaken');
  });

  it('a firing is deferred only while an open enrolment of its key has not come to it', () => {
    const open = (nextAt: number | null, key = '') => ({ past: [{ key, startedAt: AT - DAY_MS, open: true, nextAt }] });
    expect(decide('again: always', open(AT - 1))).toBe('deferred');
    expect(decide('again: always', open(AT))).toBe('open');
    expect(decide('again: always', open(null))).toBe('open');
    expect(decide('again: always', open(AT - 1, 'other'))).toBe('entered');
  });

  it('in virtual time none is ever deferred: no journey lags behind its timeline', () => {
    const text = `
trigger: { any: [{ event: seen, unless: bought, within: 10m, timer: first }, { event: seen, at_least: 2, within: 20m }] }
again: always
steps:
  - { wait: 10m }
  - { wait_for: [{ event: seen, then: [{ wait: 5m }] }, { event: bought, then: [] }], within: 10m }
  - { repeat: { at_most: 2, every: 5m }, steps: [{ record: x }] }`;
    const happening = fc.tuple(fc.integer({ min: 0, max: 24 }), fc.constantFrom('seen', 'bought'));
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 20 }), (drawn) => {
        const events = drawn.map(([n, name]): Happening => [isoInstant(AT + n * 300_000), name]);
        const { lines } = play(text, { events });
        const entered = lines.filter((line) => line.type === 'enrolment' && line.refused === null);
        expect(lines.filter((line) => line.type === 'outcome')).toHaveLength(entered.length);
      }),
      { numRuns: 100 },
    );
  });

  it('what was looked at stands beside a refusal (V5)', () => {
    const { lines } = play(`trigger: { event: seen }\naudience: contact.country == "DE"\nsteps: [{ record: x }]`, {
      contact: { country: 'FR' },
      events: [[day('10:00'), 'seen']],
    });
    expect(lines.find((line) => line.type === 'enrolment')).toMatchObject({
      refused: 'audience',
      looked: { 'contact.country': 'FR' },
    });
  });
});

describe('again (N2)', () => {
  const entries = (again: string, ...events: Happening[]) =>
    play(`trigger: { event: seen, key: event.k }\nagain: ${again}\nsteps: [{ record: x }]`, { events }).entries.map(
      (line) => line.split(' ').at(-1),
    );
  const seen = (time: string, k = 'a', days = 0): Happening => [day(time, days), 'seen', { k }];

  it('never lets nobody in twice, whatever the key', () => {
    expect(entries('never', seen('10:00'), seen('11:00', 'b'), seen('11:00', 'a', 300))).toEqual([
      'entered',
      'again',
      'again',
    ]);
  });

  it('always does', () => {
    expect(entries('always', seen('10:00'), seen('10:01'))).toEqual(['entered', 'entered']);
  });

  it("after counts from the last one's start; at exactly the duration it may enter again", () => {
    expect(entries('after 7d', seen('10:00'), seen('09:59:59.999', 'a', 7), seen('10:00', 'a', 7))).toEqual([
      'entered',
      'again',
      'entered',
    ]);
  });

  it('over all keys, unless it is per key', () => {
    expect(entries('after 7d', seen('10:00'), seen('11:00', 'b'))).toEqual(['entered', 'again']);
    expect(entries('{ after: 7d, per: key }', seen('10:00'), seen('11:00', 'b'), seen('12:00', 'a'))).toEqual([
      'entered',
      'entered',
      'again',
    ]);
  });

  it('ghosts count, too', () => {
    const { entries: came } = play(`trigger: { event: seen }\nholdout: 10%\nsteps: [{ record: x }]`, {
      events: [seen('10:00'), seen('11:00')],
      holdout: 'in',
    });
    expect(came).toEqual(['03-02 10:00 entered', '03-02 11:00 again']);
  });

  it('an enrolment that is still open refuses the firings of its key', () => {
    const { entries: came } = play(`trigger: { event: seen, key: event.k }\nagain: always\nsteps: [{ wait: 1h }]`, {
      events: [seen('10:00'), seen('10:30'), seen('10:40', 'b'), seen('11:00'), seen('11:00:00.001')],
    });
    // At 11:00 events come before journeys (E4): the first is still open then.
    expect(came.map((line) => line.split(' ').at(-1))).toEqual(['entered', 'open', 'entered', 'open', 'entered']);
  });
});

describe('the id of an enrolment is derived (N3)', () => {
  const firing = {
    playbook: 'p',
    key: 'k',
    at: AT,
    evidence: ['m1', 'm2'],
    subject: { type: 'contact', id: 'a' },
    arm: 0,
  } as const;

  it('from playbook, key, at and last evidence, and from nothing else', () => {
    const id = enrolmentIdOf(firing);
    expect(enrolmentIdOf({ ...firing, evidence: ['m0', 'm2'], subject: { type: 'contact', id: 'b' }, arm: 1 })).toBe(
      id,
    );
    const others = [{ playbook: 'q' }, { key: 'l' }, { at: AT + 1 }, { evidence: ['m3'] }];
    expect(new Set([id, ...others.map((other) => enrolmentIdOf({ ...firing, ...other }))]).size).toBe(5);
  });

  it('without evidence from the subject and the branch', () => {
    const id = enrolmentIdOf({ ...firing, evidence: [] });
    const others = [
      { subject: { type: 'account', id: 'a' } as const },
      { subject: { type: 'contact', id: 'b' } as const },
      { arm: 1 },
    ];
    expect(new Set([id, ...others.map((other) => enrolmentIdOf({ ...firing, evidence: [], ...other }))]).size).toBe(4);
  });

  it('so that two runs give the same', () => {
    const ids = () =>
      play(`trigger: { event: seen }\nsteps: [{ record: x }]`, { events: [[day('10:00'), 'seen']] })
        .lines.filter((line) => line.type === 'enrolment')
        .map((line) => line.id);
    expect(ids()).toEqual(ids());
  });
});
