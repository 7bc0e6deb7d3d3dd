/** The events of a playbook's test (V3): each becomes the call that it means, and is read as every call is (E8). */
import { type RawCall, withUsualRecord } from '../../events/named-subjects.ts';
import { timelineEventOf } from '../../events/new-event.ts';
import { parseCall } from '../../events/parse-call.ts';
import { pointer, type RefusalCode, Refused } from '../../events/refusal.ts';
import type { PlaybookTest, TestEvent } from '../../language/compile.ts';
import { isJsonObject } from '../../language/json.ts';
import { type Instant, type Json, RECORD_TYPES } from '../../language/model.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { renderText, TextError } from '../../language/text.ts';
import { isoInstant } from '../../language/time/instants.ts';

/** An event of a test that is not taken, as the same call would not be taken from anywhere else. */
export interface RefusedEvent {
  /** Of the test's file. */
  line: number;
  code: RefusalCode;
  /** A JSON Pointer into the call. */
  pointer: string;
  message: string;
}

export interface TestTimeline {
  /** In E4's order; the order of the lines is the order of arrival. */
  events: TimelineEvent[];
  /** In the order of the lines; an event that repeats is refused once. */
  refused: RefusedEvent[];
}

/** The source of every test event. */
const SOURCE = 'test';

export function timelineOf(test: PlaybookTest): TestTimeline {
  const events: TimelineEvent[] = [];
  const refused = new Map<TestEvent, RefusedEvent>();
  for (const one of repeated(test)) {
    const { written } = one;
    try {
      const { event } = parseCall(callOf(one, test), { source: SOURCE, history: true });
      events.push(timelineEventOf(event, event.stamps.timestamp!, one.arrival));
    } catch (error) {
      if (!refused.has(written)) refused.set(written, refusalOf(error, written.line));
    }
  }
  return { events: events.sort(compareEvents), refused: [...refused.values()] };
}

/** What a customer's application would send for a test's events, in the order of the lines. */
export function callsOf(test: PlaybookTest): RawCall[] {
  return [...repeated(test)].map((one) => callOf(one, test));
}

/** One time that a written event happens. */
interface Occurrence {
  written: TestEvent;
  at: Instant;
  /** `{{ n }}` */
  n: number;
  arrival: number;
}

function* repeated(test: PlaybookTest): Generator<Occurrence> {
  let arrival = 0;
  let at: Instant = test.start ?? 0;
  for (const written of test.events) {
    const first = 'at' in written.time ? written.time.at : at + written.time.afterMs;
    const { everyMs, times } = written.repeat ?? { everyMs: 0, times: 1 };
    for (let n = 1; n <= times; n++) {
      at = first + (n - 1) * everyMs;
      arrival += 1;
      yield { written, at, n, arrival };
    }
  }
}

/** The kinds of which an event names the test's one record where it names none. */
const USUAL = {
  event: RECORD_TYPES,
  task: RECORD_TYPES,
  approval: RECORD_TYPES,
  identify: ['contact'],
  group: ['account', 'contact'],
} as const;

function callOf({ written, at, n, arrival }: Occurrence, test: PlaybookTest): RawCall {
  const call: RawCall = { ...bodyOf(written, n), messageId: `test-${arrival}`, timestamp: isoInstant(at) };
  const kinds: readonly string[] = USUAL[written.kind];
  return test.records.filter(({ type, single }) => single && kinds.includes(type)).reduce(withUsualRecord, call);
}

function bodyOf(written: TestEvent, n: number): RawCall {
  // As an event from outside: it names no enrolment, and so is for each that waits for it (E9).
  if (written.kind === 'task' || written.kind === 'approval') {
    const { kind, step, is, by } = written;
    return { type: 'track', event: `${kind}.${is}`, properties: { step, ...(by !== undefined && { by }) } };
  }
  const given = numbered(written.kind === 'event' ? written.properties : written.call, n) as RawCall;
  const { userId, anonymousId, ...properties } = given;
  const ids = { ...(userId !== undefined && { userId }), ...(anonymousId !== undefined && { anonymousId }) };
  if (written.kind === 'event') return { type: 'track', event: written.event, ...ids, properties };
  if (written.kind === 'identify') return { type: 'identify', ...ids, traits: properties };
  const { accountId = null, groupId = accountId, ...traits } = properties;
  return { type: 'group', groupId, accountId, ...ids, traits };
}

/** `{{ n }}` in an event with `times`. */
function numbered(value: Json, n: number): Json {
  if (typeof value === 'string') return value.includes('{{') ? renderText(value, { n }, { zone: 'UTC' }) : value;
  if (Array.isArray(value)) return value.map((item) => numbered(item, n));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, numbered(item, n)]));
  return value;
}

function refusalOf(error: unknown, line: number): RefusedEvent {
  if (error instanceof Refused) {
    return { line, code: error.code, pointer: pointer(error.path), message: error.message };
  }
  if (error instanceof TextError) return { line, code: 'invalid_field', pointer: '', message: error.message };
  throw error;
}
