/** P2: caps by the recipient's calendar, and several of them. */
import { describe, expect, it } from 'vitest';
import type { DailyWindow, FrequencyCap, Settings } from '../../../language/model.ts';
import { day, type Happening, play } from '../play.ts';
import { ADA, DAY_MS, extra, playbook, seen, send, sends } from './messages.ts';

describe('caps by the calendar, and several at once (P2)', () => {
  const settings = (caps: FrequencyCap | FrequencyCap[], quietHours?: DailyWindow) => ({
    settings: { caps: { marketing: caps }, quietHours } as Partial<Settings>,
  });
  const skip = { kind: 'skip' as const };
  const delay = { kind: 'delay' as const, upToMs: 30 * DAY_MS };
  const cap = (perCalendar: 'day' | 'week' | 'month', atMost: number, ifCapped: FrequencyCap['ifCapped'] = skip) => ({
    atMost,
    perMs: 33 * DAY_MS,
    perCalendar,
    ifCapped,
  });
  const contact = { ...ADA, time_zone: 'America/New_York' };

  it("a day is the recipient's own, and begins with its first instant", () => {
    // Midnight in New York is 05:00 UTC.
    const three = playbook(send(), '- wait: 19h', send(), '- wait: 1h', send());
    const scene = { contact, events: [seen(day('09:00'))], ...settings(cap('day', 1)) };
    expect(sends(three, scene)).toEqual(['03-02 09:00 sent', '03-03 04:00 sent refused: cap', '03-03 05:00 sent']);
  });

  it('a week begins on Monday, and a delay waits for the next', () => {
    const two = playbook(send(), '- wait: 1d', send());
    const scene = { contact, events: [seen(day('12:00', 3))], ...settings(cap('week', 1, delay)) };
    // Clocks are put forward on Sunday the 8th: Monday the 9th begins at 04:00 UTC.
    expect(sends(two, scene)).toEqual(['03-05 12:00 sent', '03-09 04:00 sent']);
  });

  it('of several each has to have a place; who is refused by one is refused', () => {
    const four = playbook(send(), '- wait: 1h', send(), '- wait: 1d', send(), '- wait: 1d', send());
    const both = { contact, events: [seen(day('12:00'))], ...settings([cap('day', 1), cap('week', 2)]) };
    expect(sends(four, both)).toEqual([
      '03-02 12:00 sent',
      '03-02 13:00 sent refused: cap',
      '03-03 13:00 sent',
      '03-04 13:00 sent refused: cap',
    ]);
    const later = { ...both, ...settings([cap('day', 1, delay), cap('week', 2, delay)]) };
    expect(sends(four, later).at(-1)).toBe('03-10 04:00 sent');
  });

  it('is asked when the message leaves, and not before quiet hours hold it', () => {
    // The place of yesterday's mail is free again when the quiet hours end.
    const two = playbook(send(), '- wait: 13h', send());
    const rolling = { atMost: 1, perMs: 20 * 3_600_000, ifCapped: skip };
    const scene = {
      contact: ADA,
      events: [seen(day('10:00'))],
      ...settings(rolling, { startMinute: 21 * 60, endMinute: 8 * 60 }),
    };
    expect(sends(two, scene)).toEqual(['03-02 10:00 sent', '03-03 07:00 sent']);
  });
});

describe('who goes first when playbooks compete for one person (P2)', () => {
  const one = cap1();
  const of = (lines: string[], name: string) => lines.filter((line) => line.includes(name));

  function cap1() {
    return { caps: { marketing: { atMost: 1, perMs: DAY_MS, ifCapped: { kind: 'skip' as const } } } };
  }
  function contest(playbooks: { [name: string]: string }, events: Happening[]): string[] {
    const { lines } = play(playbooks, { contact: ADA, extra, events, settings: one });
    return lines.flatMap((line) =>
      line.type === 'effect' && line.effect === 'send' ? [`${line.playbook}${line.key} ${line.refused ?? 'sent'}`] : [],
    );
  }

  it('claims of one instant go by higher precedence, then playbook', () => {
    const events = [seen(day('10:00'), '')];
    const text = playbook(send());
    expect(contest({ a: text, b: text }, events)).toEqual(['a sent', 'b cap']);
    expect(contest({ a: `precedence: 10\n${text}`, b: `precedence: 90\n${text}` }, events)).toEqual([
      'a cap',
      'b sent',
    ]);
  });

  it('and before the playbook by the firing', () => {
    const older = `trigger: { event: first }\nsteps: [{ wait: 1h }, { record: x }, { send: email, template: hello, class: marketing }]`;
    const younger = older.replace('first', 'second').replace('1h', '30m');
    const events: Happening[] = [
      [day('10:00'), 'first'],
      [day('10:30'), 'second'],
    ];
    expect(contest({ a: younger, b: older }, events)).toEqual(['a cap', 'b sent']);
  });

  it('messages that were held to one release are claims of that instant', () => {
    const text = playbook(send());
    const events: Happening[] = [
      [day('21:00'), 'seen', { k: 'x' }],
      [day('23:00'), 'late', { k: 'x' }],
    ];
    const late = `precedence: 90\n${text.replace('event: seen', 'event: late')}`;
    const sentBy = contest({ early: text, late }, events);
    expect(of(sentBy, 'late')).toEqual(['latex sent']);
    expect(of(sentBy, 'early')).toEqual(['earlyx cap']);
  });

  it('everything else stays in the order of the playbooks (E4)', () => {
    const text = (precedence: number) => `precedence: ${precedence}\n${playbook(send('class: transactional'))}`;
    const { lines } = play({ a: text(10), b: text(90) }, { contact: ADA, extra, events: [seen(day('10:00'))] });
    expect(lines.flatMap((line) => (line.type === 'effect' ? [`${line.playbook} ${line.effect}`] : []))).toEqual([
      'a record',
      'a send',
      'b record',
      'b send',
    ]);
  });
});
