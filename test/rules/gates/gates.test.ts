/** P1 to P3: what stands between a message and a customer. */
import { describe, expect, it } from 'vitest';
import { jitterMs } from '../../../language/hash.ts';
import type { FrequencyCap, Json } from '../../../language/model.ts';
import { day, type Happening, play, type Scene } from '../play.ts';
import { ADA, DAY_MS, extra, playbook, seen, send, sends } from './messages.ts';

describe('useful_for (P5)', () => {
  const quiet = (usefulFor: string) =>
    sends(`quiet_hours: "09:00-15:00"\n${playbook(send(`class: marketing, useful_for: ${usefulFor}`))}`);

  it('a message that was held for longer is refused, and at exactly that long it is sent', () => {
    expect(quiet('4h')).toEqual(['03-02 14:00 sent']);
    expect(quiet('239m')).toEqual(['03-02 14:00 sent refused: not_useful']);
  });

  it('is an exact duration', () => {
    expect(() => quiet('1 business day')).toThrow(/exact duration/);
  });
});

describe('consent and suppression (P3)', () => {
  const gate = (contact: object, more = 'class: marketing') =>
    sends(playbook(send(more)), { contact: { ...ADA, ...contact } })[0];

  it('a page that asks for one topic takes nothing else away', () => {
    const told = (consent: Json) =>
      sends(playbook(send()), {
        events: [[day('09:00'), 'chosen', { traits: { contact: { consent } } }], seen(day('10:00'))],
      });
    expect(told({ topics: { wellness: true } })).toEqual(['03-02 10:00 sent']);
    expect(told({ marketing: false, topics: { wellness: true } })).toEqual(['03-02 10:00 sent refused: consent']);
    expect(told({ marketing: null })).toEqual(['03-02 10:00 sent refused: consent']);
  });

  it('marketing needs consent, and for a topic that topic', () => {
    expect(gate({})).toBe('03-02 10:00 sent');
    expect(gate({ consent: {} })).toBe('03-02 10:00 sent refused: consent');
    expect(gate({}, 'class: marketing, topic: wellness')).toBe('03-02 10:00 sent refused: consent');
    expect(
      gate({ consent: { marketing: true, topics: { wellness: true } } }, 'class: marketing, topic: wellness'),
    ).toBe('03-02 10:00 sent');
  });

  it("a playbook's topic is that of its messages", () => {
    const text = `topic: wellness\n${playbook(send())}`;
    expect(sends(text)).toEqual(['03-02 10:00 sent refused: consent']);
    expect(sends(text, { contact: { ...ADA, consent: { marketing: true, topics: { wellness: true } } } })).toEqual([
      '03-02 10:00 sent',
    ]);
  });

  it('transactional needs none', () => {
    expect(gate({ consent: {} }, 'class: transactional')).toBe('03-02 10:00 sent');
  });

  it('unsubscribed stops marketing only; bounced and complained transactional too; internal passes', () => {
    const stopped = (suppression: string) =>
      ['marketing', 'transactional', 'internal'].map((name) =>
        gate({ suppression }, `class: ${name}`)!.includes('suppressed'),
      );
    expect(stopped('unsubscribed')).toEqual([true, false, false]);
    expect(stopped('bounced')).toEqual([true, true, false]);
    expect(stopped('complained')).toEqual([true, true, false]);
  });

  it('suppression is asked before consent, and consent before the cap', () => {
    const none: { [name: string]: FrequencyCap } = {
      marketing: { atMost: 1, perMs: DAY_MS, ifCapped: { kind: 'skip' } },
    };
    const twice = (contact: object) =>
      sends(playbook(send(), send()), { contact: { ...ADA, ...contact }, settings: { caps: none } })[1];
    expect(twice({ suppression: 'bounced', consent: {} })).toContain('suppressed');
    expect(twice({ consent: {} })).toContain('consent');
    expect(twice({})).toContain('cap');
  });

  it('a message to a contact without an address, or to nobody, is refused', () => {
    expect(gate({ email: null as never })).toContain('refused: no_address');
    const toNobody = `subject: deal\ntrigger: { event: seen }\nsteps: [{ record: x }, { send: email, template: hello, class: transactional }]`;
    const { effects } = play(toNobody, { deal: {}, records: [], extra, events: [[day('10:00'), 'seen']] });
    expect(effects[1]).toBe('03-02 10:00 send hello refused: no_recipient');
  });
});

describe('quiet hours (P1)', () => {
  /** Quiet from 20:00 to 07:00 UTC: 21:00 to 08:00 in Berlin. */
  const at = (time: string, scene: Partial<Scene> = {}, more = 'class: marketing') =>
    sends(playbook(send(more)), { events: [seen(day(time))], ...scene })[0];

  it('include their start and not their end', () => {
    expect(at('19:59:59.999')).toBe('03-02 19:59:59.999 sent');
    expect(at('20:00')).toBe('03-03 07:00 sent');
    expect(at('06:59:59.999')).toBe('03-02 07:00 sent');
    expect(at('07:00')).toBe('03-02 07:00 sent');
  });

  it('are those of the recipient, then of the country, then of the playbook', () => {
    const where = (traits: object) => at('22:00', { contact: { ...ADA, ...traits } });
    expect(where({ time_zone: 'America/New_York' })).toBe('03-02 22:00 sent');
    expect(where({ country: 'JP' })).toBe('03-02 23:00 sent');
    expect(where({ country: 'JP', time_zone: 'America/New_York' })).toBe('03-02 22:00 sent');
    expect(sends(`time_zone: America/New_York\n${playbook(send())}`, { events: [seen(day('22:00'))] })).toEqual([
      '03-02 22:00 sent',
    ]);
  });

  it('hold marketing only', () => {
    expect(at('22:00', {}, 'class: transactional')).toBe('03-02 22:00 sent');
  });

  it('may be set by the playbook', () => {
    expect(sends(`quiet_hours: "12:00-13:00"\n${playbook(send())}`, { events: [seen(day('11:30'))] })).toEqual([
      '03-02 12:00 sent',
    ]);
  });

  it('end when the clock shows their end again, where it was put back into them', () => {
    const night = (time: string) =>
      sends(`quiet_hours: "21:00-02:30"\n${playbook(send())}`, { events: [seen(`2026-10-25T${time}Z`)] });
    expect(night('00:10')).toEqual(['10-25 00:30 sent']);
    expect(night('00:40')).toEqual(['10-25 00:40 sent']);
    expect(night('01:10')).toEqual(['10-25 01:30 sent']);
  });

  it('that leave the send window no moment refuse the message', () => {
    const at = (open: [number, number]) =>
      sends(`quiet_hours: "21:00-12:00"\n${playbook(send())}`, {
        events: [seen(day('16:00'))],
        settings: { caps: {}, sendWindow: { email: { startMinute: open[0] * 60, endMinute: open[1] * 60 } } },
      });
    expect(at([9, 11])).toEqual(['03-02 16:00 sent refused: no_moment']);
    expect(at([9, 12])).toEqual(['03-02 16:00 sent refused: no_moment']);
    expect(at([9, 13])).toEqual(['03-03 11:00 sent']);
  });

  it('end with a jitter of the subject and the local date of the end', () => {
    const expected = Date.parse(day('07:00', 1)) + jitterMs('ada', '2026-03-03');
    const { lines } = play(playbook(send()), {
      contact: ADA,
      extra,
      settings: { caps: {} },
      events: [seen(day('22:00'))],
      jitterMs,
    });
    expect(lines.find((line) => line.type === 'effect' && line.effect === 'send')).toMatchObject({ at: expected });
    expect(jitterMs('ada', '2026-03-03')).toBeLessThan(900_000);
  });

  it('the journey waits for the held message, and every gate and the if of the step are passed again', () => {
    const changed = (traits: object): Happening => [
      day('02:00', 1),
      'changed',
      { traits: { contact: traits } as never },
    ];
    const events = (traits: object) => ({ events: [seen(day('22:00')), changed(traits)] });
    const text = playbook(send('class: marketing, if: contact.stage != "lost"'), '- record: after');
    expect(sends(text, { ...events({}), contact: { ...ADA, stage: 'new' } })).toEqual(['03-03 07:00 sent']);
    expect(sends(text, { ...events({ stage: 'lost' }), contact: { ...ADA, stage: 'new' } })).toEqual([]);
    expect(sends(text, { ...events({ consent: null }), contact: { ...ADA, stage: 'new' } })).toEqual([
      '03-03 07:00 sent refused: consent',
    ]);
    const { effects } = play(text, { contact: { ...ADA, stage: 'new' }, extra, ...events({}) });
    expect(effects.at(-1)).toBe('03-03 07:00 record after');
  });

  it('an exit during them means that it never goes out', () => {
    expect(
      sends(`exit_on: [left]\n${playbook(send())}`, { events: [seen(day('22:00')), [day('03:00', 1), 'left']] }),
    ).toEqual(['03-03 03:00 sent refused: ended']);
  });
});

describe('the send window of a channel', () => {
  const sendWindow = { email: { startMinute: 9 * 60, endMinute: 12 * 60 } }; // 08:00 to 11:00 UTC
  const at = (time: string, more = 'class: transactional') =>
    sends(playbook(send(more)), { events: [seen(day(time))], settings: { caps: {}, sendWindow } })[0];

  it('holds a message to its next start; includes its start and not its end', () => {
    expect(at('07:59')).toBe('03-02 08:00 sent');
    expect(at('08:00')).toBe('03-02 08:00 sent');
    expect(at('10:59')).toBe('03-02 10:59 sent');
    expect(at('11:00')).toBe('03-03 08:00 sent');
  });

  it('holds no internal message', () => {
    expect(at('11:00', 'class: internal')).toBe('03-02 11:00 sent');
  });
});

describe('frequency caps (P2)', () => {
  const cap = (atMost: number, ifCapped: FrequencyCap['ifCapped'] = { kind: 'skip' }) => ({
    settings: { caps: { marketing: { atMost, perMs: 2 * DAY_MS, ifCapped } } },
  });
  const three = playbook(send(), '- wait: 1d', send(), '- wait: 1d', send());

  it('at most n in a rolling window, per person and class; an effect never counts itself', () => {
    expect(sends(three, cap(3))).toHaveLength(3);
    // The first has left the window, to the millisecond, when the third comes.
    expect(sends(three, cap(1))).toEqual(['03-02 10:00 sent', '03-03 10:00 sent refused: cap', '03-04 10:00 sent']);
    expect(sends(three.replaceAll('1d', '23h'), cap(2))).toEqual([
      '03-02 10:00 sent',
      '03-03 09:00 sent',
      '03-04 08:00 sent refused: cap',
    ]);
    expect(sends(playbook(send(), send('class: transactional')), cap(1))).toEqual([
      '03-02 10:00 sent',
      '03-02 10:00 sent',
    ]);
    const others = [seen(day('10:00')), seen(day('10:00'), 'b', { userId: 'bob' })];
    const bob = { type: 'contact' as const, id: 'bob', traits: ADA };
    expect(sends(playbook(send()), { ...cap(1), events: others, records: [bob], contact: ADA })).toHaveLength(2);
  });

  it('a refused message takes no place', () => {
    const text = playbook(send('class: marketing, topic: wellness'), send());
    expect(sends(text, cap(1))).toEqual(['03-02 10:00 sent refused: consent', '03-02 10:00 sent']);
  });

  it('if_capped: exit ends the enrolment', () => {
    const { story } = play(playbook(send(), send()), {
      contact: ADA,
      extra,
      events: [seen(day('10:00'))],
      ...cap(1, { kind: 'exit' }),
    });
    expect(story.slice(-2)).toEqual(['03-02 10:00 send hello to: ada refused: cap', '03-02 10:00 exited: cap']);
  });

  it('if_capped: delay waits for a place, up to its length, and the playbook may say so', () => {
    const delay = (upToMs: number) =>
      sends(playbook(send(), '- wait: 1d', send()), cap(1, { kind: 'delay', upToMs }))[1];
    expect(delay(DAY_MS)).toBe('03-04 10:00 sent');
    expect(delay(DAY_MS - 1)).toBe('03-03 10:00 sent refused: cap');
    const own = `if_capped: delay up to 1d\n${playbook(send(), '- wait: 1d', send())}`;
    expect(sends(own, cap(1))[1]).toBe('03-04 10:00 sent');
  });

  it('a ghost counts against itself only', () => {
    const text = playbook(send(), send());
    expect(sends(text, { ...cap(1), holdout: 'in' })).toEqual([
      '03-02 10:00 sent refused: holdout',
      '03-02 10:00 sent refused: cap',
    ]);
    const others = [seen(day('10:00')), seen(day('11:00'), 'b')];
    expect(sends(playbook(send()), { ...cap(1), holdout: 'in', events: others })).toEqual([
      '03-02 10:00 sent refused: holdout',
      '03-02 11:00 sent refused: holdout',
    ]);
  });
});

describe('a message that is held when its enrolment ends (P1)', () => {
  const quiet = 'quiet_hours: "09:00-15:00"\nexit_on: [left]\n';
  const told = (events: Happening[], steps = playbook(send('class: marketing'))) =>
    play(`${quiet}${steps}`, { contact: ADA, extra, events, settings: { caps: {} } }).story.slice(1);

  it('is told with the ending as refused, and once', () => {
    expect(told([seen(day('10:00')), [day('12:00'), 'left', {}]])).toEqual([
      '03-02 12:00 send hello to: ada refused: ended',
      '03-02 12:00 exited: exit by m2',
    ]);
  });

  it('is not told where the exit comes after it was sent', () => {
    const waits = playbook(send('class: marketing'), '- wait: 1h');
    expect(told([seen(day('10:00')), [day('14:30'), 'left', {}]], waits)).toEqual([
      '03-02 14:00 send hello to: ada',
      '03-02 14:30 exited: exit by m2',
    ]);
  });
});
