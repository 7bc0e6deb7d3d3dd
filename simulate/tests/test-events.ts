/** The events of a playbook's test, as the timeline sees them (E8, V3). */

import type { PlaybookTest, TestEvent } from '../../language/compile.ts';
import { isJsonObject } from '../../language/json.ts';
import {
  type Instant,
  type Json,
  RECORD_TYPES,
  type RecordType,
  type SubjectRef,
  type Traits,
} from '../../language/model.ts';
import { anonymousContactId } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent, type TraitPatch } from '../../language/records/timeline.ts';
import { renderText } from '../../language/text.ts';

const ID_PROPERTIES = { contact: 'userId', account: 'accountId', deal: 'dealId', ticket: 'ticketId' } as const;

/** In E4's order; the order of the lines is the order of arrival. */
export function timelineOf(test: PlaybookTest): TimelineEvent[] {
  const events: TimelineEvent[] = [];
  let previous: Instant = test.start ?? 0;
  for (const written of test.events) {
    const first = 'at' in written.time ? written.time.at : previous + written.time.afterMs;
    const { everyMs, times } = written.repeat ?? { everyMs: 0, times: 1 };
    for (let n = 1; n <= times; n++) {
      previous = first + (n - 1) * everyMs;
      events.push(eventOf(written, previous, n, events.length + 1, test));
    }
  }
  return events.sort(compareEvents);
}

function eventOf(written: TestEvent, at: Instant, n: number, arrival: number, test: PlaybookTest): TimelineEvent {
  const base = { arrival, messageId: `test-${arrival}`, at, receivedAt: at };
  if (written.kind === 'task' || written.kind === 'approval') {
    throw new Error(`line ${written.line}: this release has no step that waits for a ${written.kind}`);
  }
  const given = written.kind === 'event' ? written.properties : written.call;
  const properties = numbered(given, n) as { [name: string]: Json };
  const subjects = subjectsOf(properties, test);
  if (written.kind !== 'event') {
    const type = written.kind === 'identify' ? 'contact' : 'account';
    const subject = subjects.find((s) => s.type === type);
    const { userId: _u, anonymousId, accountId: _a, ...traits } = properties;
    const patches: TraitPatch[] = subject ? [{ type, id: subject.id, traits }] : [];
    const isClaim = written.kind === 'identify' && typeof anonymousId === 'string' && properties.userId !== undefined;
    const merges = isClaim ? { merges: [anonymousContactId(anonymousId)] } : {};
    return { ...base, name: written.kind, properties: {}, subjects: subject ? [subject] : [], patches, ...merges };
  }
  return { ...base, name: written.event, properties, subjects, patches: patchesOf(properties, subjects) };
}

/** What an event names, else the test's one of the kind; records of a plural list are named only by their id. */
function subjectsOf(properties: { [name: string]: Json }, test: PlaybookTest): SubjectRef[] {
  const found: SubjectRef[] = [];
  for (const type of RECORD_TYPES) {
    const nested = properties[type];
    const inside =
      isJsonObject(nested) && (typeof nested.id === 'string' || typeof nested.id === 'number')
        ? String(nested.id)
        : undefined;
    const named = properties[ID_PROPERTIES[type]];
    const single = test.records.find((r) => r.type === type && r.single)?.id;
    const visitor = type === 'contact' ? properties.anonymousId : undefined;
    const anonymous = typeof visitor === 'string' ? anonymousContactId(visitor) : undefined;
    const id = typeof named === 'string' ? named : (inside ?? anonymous ?? single);
    if (id !== undefined) found.push({ type, id });
  }
  return found;
}

/** `ticket: {…}` in an event merges into that record's traits, before triggers look at the event. */
function patchesOf(properties: { [name: string]: Json }, subjects: readonly SubjectRef[]): TraitPatch[] {
  return subjects.flatMap((subject): TraitPatch[] => {
    const nested = properties[subject.type];
    if (!isJsonObject(nested)) return [];
    const { id: _, ...traits } = nested;
    return [{ type: subject.type as RecordType, id: subject.id, traits: traits as Traits }];
  });
}

/** `{{ n }}` in an event with `times`. */
function numbered(value: Json, n: number): Json {
  if (typeof value === 'string') return value.includes('{{') ? renderText(value, { n }, { zone: 'UTC' }) : value;
  if (Array.isArray(value)) return value.map((item) => numbered(item, n));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, numbered(item, n)]));
  return value;
}
