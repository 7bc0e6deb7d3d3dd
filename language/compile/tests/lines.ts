/** The events of a test, and the lines that it expects (V2, V3). */

import { didYouMean } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import { isJsonObject } from '../../json.ts';
import type { CompiledPlaybook, Instant, Json } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import { parseDuration } from '../../time/duration.ts';
import { lengthMeant, likelySpan } from '../../time/moment/lengths.ts';
import { parseInstant } from '../../time/zones.ts';
import type { FileReport } from '../report.ts';
import type { ExpectedLine, TestEvent, TestTime } from './types.ts';

type Written = { [name: string]: Json };
const MAX_TIMES = 100_000;

/** @param steps of the playbook, whose tasks people answer in its tests */
export function eventsOf(
  report: FileReport,
  events: readonly Written[],
  path: Path,
  steps: CompiledPlaybook['steps'],
): TestEvent[] {
  return events.flatMap((written, i) => {
    const at = [...path, i];
    if (isWait(report, written, at)) return [];
    warnOfProperties(report, written, at);
    const { at: _at, after: _after, every, times, ...rest } = written;
    const time = timeOf(report, written, at, i === 0);
    const what = whatOf(report, rest, at, steps);
    const repeat = repeatOf(report, every, times, at);
    if (time === undefined || what === undefined) return [];
    return [{ line: report.lineOf(at), time, ...(repeat === undefined ? {} : { repeat }), ...what } as TestEvent];
  });
}

/** The tracking API has `properties`; in a test they stand beside the name of the event. */
function warnOfProperties(report: FileReport, { event, properties }: Written, path: Path): void {
  if (typeof event !== 'string' || !isJsonObject(properties)) return;
  const [key, value] = Object.entries(properties)[0] ?? ['total', 80];
  report.key([...path, 'properties'], {
    severity: 'warning',
    code: 'CB639',
    message: 'this is one property, called `properties`',
    hint: `what an event brings stands beside its name: { event: ${event}, ${key}: ${JSON.stringify(value)} }`,
  });
}

/** `{ wait: 1d }`: time passes between events, and is none. */
function isWait(report: FileReport, written: Written, path: Path): boolean {
  const passing = written.wait ?? written.delay ?? written.sleep;
  if (passing === undefined || written.event !== undefined) return false;
  const length = typeof passing === 'string' ? (lengthMeant(passing) ?? passing) : '1d';
  const hint = `the event that comes next says how long after: { after: ${length}, event: … }; behind the last one the test has \`until\``;
  report.at(path, { code: 'CB203', message: 'a wait is no event', hint });
  return true;
}

function timeOf(report: FileReport, { at, after }: Partial<Written>, path: Path, first: boolean): TestTime | undefined {
  if (at !== undefined && after === undefined) {
    const instant = instantAtPath(report, at, [...path, 'at']);
    return instant === undefined ? undefined : { at: instant };
  }
  if (at === undefined && after !== undefined && !first) {
    const afterMs = after === '0s' ? 0 : parseDuration(written(after));
    if (afterMs !== undefined) return { afterMs };
    report.at([...path, 'after'], {
      code: 'CB211',
      message: `\`${written(after)}\` is not a duration`,
      hint: (typeof after === 'string' ? likelySpan(after) : undefined) ?? 'write 59m, 4h or 2d',
    });
    return undefined;
  }
  const message =
    first && after !== undefined ? 'the first event has none before it' : 'an event has one time: `at` or `after`';
  report.at(path, { code: 'CB203', message, hint: 'write at: 2026-03-02T10:00:00Z' });
  return undefined;
}

/** An instant with its zone; `undefined` stays so. */
export function instantAtPath(report: FileReport, value: unknown, path: Path): Instant | undefined {
  if (value === undefined) return undefined;
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant !== undefined) return instant;
  report.at(path, { code: 'CB212', message: `\`${written(value)}\` is no instant`, hint: instantMeant(value) });
  return undefined;
}

/** Their own date as an instant: of the forms that people write, with `Z` for a zone that is not named. */
function instantMeant(value: unknown): string {
  const text = written(value).trim();
  const [, day, month, year, ofDay] = /^(\d{1,2})[./](\d{1,2})[./](\d{4})(.*)$/.exec(text) ?? [];
  const [, date, ofDate] = /^(\d{4}-\d\d-\d\d)(.*)$/.exec(text) ?? [];
  const [, hour = '10', minute = '00', second = '00'] =
    /(\d{1,2}):(\d\d)(?::(\d\d))?/.exec(ofDay ?? ofDate ?? '') ?? [];
  const named = date ?? (year && `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`);
  const at = named === undefined ? '2026-03-02T10:00:00' : `${named}T${hour.padStart(2, '0')}:${minute}:${second}`;
  return `write ${at}Z, or with an offset: ${at}+01:00`;
}

function whatOf(report: FileReport, rest: Written, path: Path, steps: CompiledPlaybook['steps']): object | undefined {
  const { event, identify, group, task, approval, ...others } = rest;
  if (typeof event === 'string' && event.includes('*')) {
    const message = `\`${event}\` is one name, with a star in it: events are named one by one`;
    report.at([...path, 'event'], { code: 'CB615', message, hint: 'write the name of the event that happens' });
    return undefined;
  }
  if (typeof event === 'string')
    return { kind: 'event', event, properties: { ...others, ...spread({ identify, group, task, approval }) } };
  if (isJsonObject(identify)) return { kind: 'identify', call: { ...others, ...identify } };
  if (isJsonObject(group)) return { kind: 'group', call: { ...others, ...group } };
  if (typeof task === 'string') return answerOf(report, 'task', { task, ...others }, { path, steps });
  if (typeof approval === 'string') return answerOf(report, 'approval', { approval, ...others }, { path, steps });
  const hint = 'write event: order.completed, identify: {…}, group: {…}, task: <step id> or approval: <step id>';
  report.at(path, { code: 'CB203', message: 'nothing says what happened', hint });
  return undefined;
}

/** What people answer, and the kind of step that asks for it. */
const ANSWERS = {
  task: { words: ['accepted', 'done', 'reopened'], asks: 'task', what: 'task', id: 'call' },
  approval: { words: ['given', 'refused'], asks: 'approve', what: 'approval', id: 'discount' },
} as const;

/** `{task: <step id>, is: done, by}`, `{approval: <step id>, is: given, by}`: somebody answers what a step has asked. */
function answerOf(
  report: FileReport,
  kind: keyof typeof ANSWERS,
  line: Written,
  { path, steps }: { path: Path; steps: CompiledPlaybook['steps'] },
): object | undefined {
  const { words, asks, what, id: example } = ANSWERS[kind];
  const { is, by, [kind]: named } = line;
  const asking = Object.values(steps).filter((step) => step.kind === asks);
  const step = asking.find(({ id }) => id === named);
  if (typeof is !== 'string' || !(words as readonly string[]).includes(is)) {
    const hint = `write is: ${words.join(' or is: ')}`;
    report.at([...path, 'is'], { code: 'CB202', message: `what came of the ${what}?`, hint });
    return undefined;
  }
  if (step === undefined) {
    const ids = asking.flatMap(({ id }) => id ?? []);
    const without = asking.length > 0 && ids.length === 0;
    const hint = without ? `give the step an id: id: ${example}` : didYouMean(written(named), ids);
    const message = `no ${what} of the playbook has the id \`${written(named)}\``;
    report.at([...path, kind], { code: 'CB632', message, hint });
    return undefined;
  }
  return { kind, step: step.path, is, ...(typeof by === 'string' ? { by } : {}) };
}

function spread(values: { [name: string]: Json | undefined }): Written {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function repeatOf(
  report: FileReport,
  every: Json | undefined,
  times: Json | undefined,
  path: Path,
): TestEvent['repeat'] {
  if (every === undefined && times === undefined) return undefined;
  const everyMs = typeof every === 'string' ? parseDuration(every) : undefined;
  const count = typeof times === 'number' && Number.isInteger(times) && times >= 1 && times <= MAX_TIMES;
  if (everyMs !== undefined && count) return { everyMs, times };
  const message =
    every === undefined || times === undefined
      ? '`every` and `times` stand together'
      : everyMs === undefined
        ? `\`${written(every)}\` is no time between events`
        : `\`${written(times)}\` is no number of times`;
  report.at(path, { code: 'CB202', message, hint: 'write every: 1d, times: 28' });
  return undefined;
}

/** @param kinds from `expectedKinds` */
export function expectedOf(
  report: FileReport,
  expect: 'nothing' | Written[],
  path: Path,
  kinds: readonly string[],
): 'nothing' | ExpectedLine[] {
  if (expect === 'nothing') return 'nothing';
  return expect.map((written, i): ExpectedLine => {
    const { at: when, ...fields } = written;
    const at = instantAtPath(report, when, [...path, i, 'at']);
    checkKind(report, fields, [...path, i], kinds);
    return { line: report.lineOf([...path, i]), ...(at === undefined ? {} : { at }), fields };
  });
}

/** A line says what came: one of the kinds that are compared. */
export function checkKind(report: FileReport, fields: Written, path: Path, kinds: readonly string[]): void {
  const keys = Object.keys(fields);
  if (keys.some((key) => kinds.includes(key))) return;
  const [first] = keys;
  const hint = first === undefined ? `write one of ${kinds.join(', ')}` : lineMeant(first, fields[first], kinds);
  report.at(path, { code: 'CB202', message: 'the line does not say what comes', hint });
}

/** What people write for what comes: other words of it, and steps that bring nothing. */
function lineMeant(key: string, value: Json | undefined, kinds: readonly string[]): string {
  if (/^(?:e?-?mail|message|template|sent)$/i.test(key)) return `a mail is send: ${written(value ?? 'cart-reminder')}`;
  if (/^wait(?:_for)?$/.test(key)) return 'a wait brings no line: say when the next one comes, by its `at`';
  if (/^(?:if|choose|split|repeat)$/.test(key)) return 'it brings no line itself: write what comes of it';
  if (/^(?:converted|exited|completed|failed)$/.test(key)) return `write outcome: ${key}`;
  if (/^(?:exit|end|ended|goal|stop)$/.test(key)) return `write outcome: ${key === 'goal' ? 'converted' : 'exited'}`;
  if (key === 'refused') return 'name what was refused beside it: { send: cart-reminder, refused: consent }';
  return didYouMean(key, kinds);
}
