/** T12: enters and leaves. */
import { describe, expect, it } from 'vitest';
import { compileOne } from '../../language/workspace.ts';
import { day, type Happening, play } from '../play.ts';

const SEGMENTS = `
subject: contact
segments:
  complete: has(contact.email) && has(contact.name)
  nameless: "!has(contact.name)"
  untouched: days_since(contact.last_touched) > 2
`;
const file = { path: 'segments/contacts.yaml', text: SEGMENTS };
const extra = [file, { path: 'segments/deals.yaml', text: 'subject: deal\nsegments: { stale: deal.stale == true }\n' }];

const playbook = (trigger: string) => `
trigger: { ${trigger} }
again: always
time_zone: UTC
steps: [{ record: moved }]`;

const known = (time: string, contact: object, days = 0): Happening => [
  day(time, days),
  'known',
  { traits: { contact } } as never,
];

describe('a record comes into a segment, and goes out of it (T12)', () => {
  const events = [
    known('10:00', { email: 'a@x.example' }),
    known('10:10', { name: 'Ada' }),
    known('10:20', { name: 'Ada L.' }),
    known('10:30', { email: null }),
    known('10:40', { email: 'b@x.example' }),
  ];

  it('at the events that turn it, which are the evidence (T15)', () => {
    expect(play(playbook('enters: complete'), { events, extra }).firings).toEqual([
      '03-02 10:10 by m2',
      '03-02 10:40 by m5',
    ]);
    expect(play(playbook('leaves: complete'), { events, extra }).firings).toEqual(['03-02 10:30 by m4']);
  });

  it('who was never in it does not leave it; who is in it from the first event on has entered', () => {
    expect(play(playbook('leaves: complete'), { events: [known('10:00', { name: 'Ada' })], extra }).firings).toEqual(
      [],
    );
    expect(play(playbook('enters: nameless'), { events: [known('10:00', { x: 1 })], extra }).firings).toEqual([
      '03-02 10:00 by m1',
    ]);
    expect(
      play(playbook('leaves: nameless'), { events: [known('10:00', { x: 1 }), known('10:10', { name: 'Ada' })], extra })
        .firings,
    ).toEqual(['03-02 10:10 by m2']);
  });

  it('who is given in it has entered before, and may leave (V3)', () => {
    const contact = { id: 'ada', email: 'a@x.example', name: 'Ada' };
    const leaving = [known('10:00', { x: 1 }), known('10:10', { name: null })];
    expect(play(playbook('enters: complete'), { contact, events: leaving, extra }).firings).toEqual([]);
    expect(play(playbook('leaves: complete'), { contact, events: leaving, extra }).firings).toEqual([
      '03-02 10:10 by m2',
    ]);
  });

  it('time alone moves a record, too (T14)', () => {
    const touched = [known('10:00', { last_touched: '2026-03-02' }), known('10:00', { last_touched: '2026-03-06' }, 5)];
    const moved = (trigger: string) =>
      play(playbook(trigger), { events: touched, extra, until: day('00:00', 30) }).firings;
    expect(moved('enters: untouched')).toEqual(['03-05 00:00 by time', '03-09 00:00 by time']);
    expect(moved('leaves: untouched')).toEqual(['03-07 10:00 by m2']);
  });

  it('a deal has segments of its own', () => {
    const { firings } = play(`subject: deal${playbook('enters: stale')}`, {
      deal: { id: 'd1', stale: false },
      events: [[day('10:00'), 'known', { traits: { deal: { stale: true } } } as never]],
      extra,
    });
    expect(firings).toEqual(['03-02 10:00 by m1']);
  });
});

describe('the segment of a playbook', () => {
  const compile = (trigger: string, segments = SEGMENTS) =>
    compileOne(`playbook: p\nowner: ops@shop.example${playbook(trigger)}`, {
      extra: [{ path: file.path, text: segments }, extra[1]!],
    });

  it('is part of its version and of its trigger (V1, T18)', () => {
    const one = compile('enters: complete').versions[0]!;
    const other = compile('enters: complete', SEGMENTS.replace('contact.email', 'contact.phone')).versions[0]!;
    expect(one.segments.map((segment) => segment.name)).toEqual(['complete']);
    expect(one.hash).not.toBe(other.hash);
    expect(one.playbook.trigger.hash).not.toBe(other.playbook.trigger.hash);
  });

  it('must be there, and be one of this kind of record', () => {
    const told = (trigger: string) => compile(trigger).diagnostics.map((d) => `${d.code} ${d.message} ${d.hint}`);
    expect(told('enters: complet')).toEqual([
      expect.stringMatching(/^CB509 there is no segment `complet` .*did you mean `?complete/),
    ]);
    expect(told('leaves: stale')).toEqual([
      expect.stringMatching(/^CB509 `stale` is a segment of deals, and the subject here is contact/),
    ]);
  });
});
