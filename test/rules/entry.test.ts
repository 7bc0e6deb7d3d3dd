/** Section 3: which firings enter, and why the others do not. */
import { describe, expect, it } from 'vitest';
import { bucketOf, enrolmentIdOf } from '../../language/hash.ts';
import { decideEntry, type EntryFacts } from '../../triggers/entry.ts';
import type { Firing } from '../../triggers/state.ts';
import { compiled, day, type Happening, play } from './play.ts';

const AT = Date.parse(day('10:00'));
const DAY_MS = 86_400_000;

function decide(more: string, facts: Partial<EntryFacts> = {}, firing: Partial<Firing> = {}) {
  const { versions, workspace } = compiled(`trigger: { event: seen }\n${more}\nsteps: [{ record: x }]`);
  const made: Firing = {
    playbook: 'p',
    version: versions[0]!.hash,
    subject: { type: 'contact', id: 'ada' },
    key: '',
    at: AT,
    arm: 0,
    evidence: ['m1'],
    byTime: false,
    trigger: {},
    overtaken: false,
    ...firing,
  };
  const verdict = decideEntry(versions[0]!.playbook, made, {
    now: AT,
    status: 'active',
    deployedAt: 0,
    settings: { ...workspace.settings, globalHoldoutPercent: 0 },
    past: [],
    audience: { holds: true, looked: {} },
    ...facts,
  });
  return verdict.enter === false
    ? verdict.reason
    : verdict.enter === 'kept'
      ? 'kept'
      : verdict.ghost
        ? 'ghost'
        : 'entered';
}

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
    expect(decide('', { ...rest, past: [] })).toBe('ghost');
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

  it('a firing is kept only while an open enrolment of its key has not come to it', () => {
    const open = (nextAt: number | null, key = '') => ({ past: [{ key, startedAt: AT - DAY_MS, open: true, nextAt }] });
    expect(decide('again: always', open(AT - 1))).toBe('kept');
    expect(decide('again: always', open(AT))).toBe('open');
    expect(decide('again: always', open(null))).toBe('open');
    expect(decide('again: always', open(AT - 1, 'other'))).toBe('entered');
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
    const { entries: came } = play(`trigger: { event: seen }\nsteps: [{ record: x }]`, {
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

describe('holdout makes ghosts (N4)', () => {
  it('by the bucket of playbook and subject, or of the workspace', () => {
    const bucket = bucketOf('p:holdout:ada') / 100;
    const everybody = bucketOf('*:holdout:ada') / 100;
    expect(decide(`holdout: ${(Math.floor(bucket * 100) / 100).toFixed(2)}%`)).toBe('entered');
    expect(decide(`holdout: ${(bucket + 0.01).toFixed(2)}%`)).toBe('ghost');
    const settings = (globalHoldoutPercent: number) => ({
      settings: {
        ...compiled(`trigger: { event: seen }\nsteps: [{ record: x }]`).workspace.settings,
        globalHoldoutPercent,
      },
    });
    expect(decide('', settings(everybody))).toBe('entered');
    expect(decide('', settings(everybody + 0.01))).toBe('ghost');
  });

  it('the bucket is the first eight bytes of the SHA-256, big endian, modulo 10 000', () => {
    // SHA-256 of "p:holdout:ada", as any other tool computes it.
    expect(bucketOf('p:holdout:ada')).toBe(5500);
  });

  const GHOST = `
trigger: { event: seen }
steps:
  - { send: email, template: hello, class: transactional }
  - { task: Call, assign: kim }
  - { update: { contact.stage: warm } }
  - { notify: kim, text: Look }
  - { assign: owner, by: least_loaded, among: team:sales }
  - { record: stage, value: has(contact.stage) }
  - { wait: 1h }
  - { record: later }`;

  it('which walk the same steps at the same instants, with everything withheld, and recorded', () => {
    const { story, lines } = play(GHOST, {
      contact: { email: 'a@x.example' },
      events: [[day('10:00'), 'seen']],
      holdout: 'in',
      extra: [{ path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' }],
    });
    expect(story).toEqual([
      '03-02 10:00 send hello to: ada refused: holdout',
      '03-02 10:00 task Call assign: kim refused: holdout',
      '03-02 10:00 update {"contact.stage":"warm"} refused: holdout',
      '03-02 10:00 notify kim text: Look refused: holdout',
      '03-02 10:00 assign owner to: kim refused: holdout',
      '03-02 10:00 record stage = false ghost: true',
      '03-02 11:00 record later ghost: true',
      '03-02 11:00 completed: steps',
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'outcome', ghost: true });
  });

  it('what waits for an answer to something withheld takes its else at its deadline', () => {
    const playbook = `
trigger: { event: seen }
steps:
  - { send: email, template: hello, class: transactional }
  - wait_for: email.clicked
    within: 2h
    then: [{ record: clicked }]
    else: [{ record: silent }]`;
    const scene = (holdout: 'in' | 'out') =>
      play(playbook, {
        contact: { email: 'a@x.example' },
        events: [
          [day('10:00'), 'seen'],
          [day('11:00'), 'email.clicked'],
        ],
        holdout,
        extra: [{ path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' }],
      }).effects.at(-1);
    expect(scene('out')).toBe('03-02 11:00 record clicked');
    expect(scene('in')).toBe('03-02 12:00 record silent ghost: true');
  });

  it('a ghost that meets its goal converts, and is marked', () => {
    const { lines } = play(`trigger: { event: seen }\ngoal: bought\nsteps: [{ wait: 1d }]`, {
      events: [
        [day('10:00'), 'seen'],
        [day('11:00'), 'bought'],
      ],
      holdout: 'in',
    });
    expect(lines.at(-1)).toMatchObject({ outcome: 'converted', ghost: true });
  });
});
