/** G1: goals that count from a message, and the message that a conversion is given to. */
import { describe, expect, it } from 'vitest';
import { runTwin } from '../activities/twin/twin.ts';
import { compiled, day, type Happening, play } from '../rules/play.ts';
import { sorted, virtualLines } from '../support/virtual-lines.ts';

const hello = { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello\n' };
const again = { path: 'templates/again.txt', text: '---\nsubject: Again\n---\nAgain\n' };
const SENDS = (attribute: string, more = '') => `trigger: { event: seen }
goal: { event: bought, within: 2h, attribute: ${attribute}${more} }
steps:
  - wait: 1h
  - send: email
    template: hello
    class: transactional
  - wait: 1h
  - send: email
    template: again
    class: transactional
  - wait: 10h
`;

const converted = (attribute: string, events: Happening[], more = '') =>
  play(SENDS(attribute, more), {
    contact: { email: 'ada@example.com' },
    extra: [hello, again],
    events: [[day('08:00'), 'seen'], ...events],
  }).lines.flatMap((line) =>
    line.type === 'outcome' && line.outcome === 'converted'
      ? [`${new Date(line.at).toISOString().slice(11, 16)} ${line.template ?? '-'}${line.afterEnd ? ' after' : ''}`]
      : [],
  );

describe('a goal with `attribute: sent`', () => {
  it('is met within its time from the last message before it, to which it is given', () => {
    expect(converted('sent', [[day('09:30'), 'bought']])).toEqual(['09:30 hello']);
    expect(converted('sent', [[day('11:59'), 'bought']])).toEqual(['11:59 again']);
    expect(converted('sent', [[day('12:00'), 'bought']])).toEqual(['12:00 again']);
  });

  it('is not met before the first message, nor when the time from the last one is over', () => {
    expect(converted('sent', [[day('08:30'), 'bought']])).toEqual([]);
    expect(converted('sent', [[day('12:01'), 'bought']])).toEqual([]);
  });

  it('with `entered`, the default, it counts from the start, and is given to none', () => {
    expect(converted('entered', [[day('08:30'), 'bought']])).toEqual(['08:30 -']);
    expect(converted('entered', [[day('10:01'), 'bought']])).toEqual([]);
  });
});

describe('a goal with `attribute: clicked`', () => {
  const click = (at: string, more = {}): Happening => [day(at), 'email.clicked', { template: 'hello', ...more }];

  it('counts from the last click on one of the messages', () => {
    expect(converted('clicked', [[day('09:30'), 'bought']])).toEqual([]);
    expect(converted('clicked', [click('09:20'), [day('09:30'), 'bought']])).toEqual(['09:30 hello']);
    expect(converted('clicked', [click('11:50'), [day('13:40'), 'bought']])).toEqual(['13:40 hello']);
  });

  it('on a message of this enrolment, and of no other', () => {
    const other = click('09:20', { enrolment: 'another' });
    expect(converted('clicked', [other, [day('09:30'), 'bought']])).toEqual([]);
  });
});

describe('behind the end', () => {
  it('a conversion is given to the last message as well', () => {
    const short = SENDS('sent').replace('  - wait: 10h\n', '');
    const { lines } = play(short, {
      contact: { email: 'ada@example.com' },
      extra: [hello, again],
      events: [
        [day('08:00'), 'seen'],
        [day('11:30'), 'bought'],
      ],
    });
    expect(lines.flatMap((line) => (line.type === 'outcome' ? [[line.outcome, line.template]] : []))).toEqual([
      ['completed', undefined],
      ['converted', 'again'],
    ]);
  });
});

describe('live', { timeout: 60_000 }, () => {
  const tested = (steps: string, events: string) => `${steps}tests:
  - it: plays
    contact: { id: ada, email: ada@example.com }
    events:
      - { at: 2026-03-02T08:00:00Z, event: seen }
${events}    expect: nothing
`;
  it.each([
    ['before the end', SENDS('sent'), 'again', '11:30'],
    ['behind it', SENDS('sent').replace('  - wait: 10h\n', ''), 'again', '11:30'],
    ['behind a click', SENDS('clicked'), 'hello', '11:30'],
  ])('the outcome keeps the message: %s', async (_what, steps, template, at) => {
    const events = `      - { at: 2026-03-02T11:20:00Z, event: email.clicked, template: hello }\n      - { at: 2026-03-02T${at}:00Z, event: bought }\n`;
    const { versions, tests, workspace } = compiled(tested(steps, events), [hello, again]);
    const test = tests.get('p')![0]!;
    const { lines } = virtualLines(versions[0]!, test, workspace.people);
    const twin = await runTwin(versions[0]!, test, workspace.people, Date.parse('2026-03-03T10:00:00Z'));
    expect(sorted(twin.lines)).toEqual(sorted(lines));
    expect(twin.conversions).toEqual([template]);
  });
});
