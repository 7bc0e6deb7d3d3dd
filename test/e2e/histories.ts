/** The histories of a playbook's own tests, told as one: every record under a name of its own. */
import type { PlaybookTest } from '../../language/compile.ts';
import type { Instant, Json, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { timelineOf } from '../../simulate/tests/test-events.ts';

export interface History {
  records: { type: RecordType; id: string; traits: Traits }[];
  events: TimelineEvent[];
  /** An instant before all events. */
  start: Instant;
  /** The latest end that a test asks for; undefined where none does. */
  until: Instant | undefined;
}

const ID_PROPERTIES: { [type: string]: string } = { account: 'accountId', deal: 'dealId', ticket: 'ticketId' };

export function historyOf(tests: readonly PlaybookTest[]): History {
  const records: History['records'] = [];
  const events: TimelineEvent[] = [];
  tests.forEach((test, i) => {
    const ids = new Set(test.records.map((record) => record.id));
    const renamed = (id: string) => `t${i}-${id}`;
    const values = (value: Json): Json => (typeof value === 'string' && ids.has(value) ? renamed(value) : value);
    for (const { type, id, traits } of test.records) {
      const own = Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, values(value)]));
      records.push({ type, id: renamed(id), traits: own });
    }
    for (const event of timelineOf(test)) {
      const subjects = event.subjects.map((subject): SubjectRef => ({ type: subject.type, id: renamed(subject.id) }));
      const named = subjects.flatMap(({ type, id }) => (ID_PROPERTIES[type] ? [[ID_PROPERTIES[type], id]] : []));
      events.push({
        ...event,
        messageId: `t${i}-${event.messageId}`,
        subjects,
        properties: { ...event.properties, ...Object.fromEntries(named) },
        patches: event.patches.map((patch) => ({ ...patch, id: renamed(patch.id) })),
      });
    }
  });
  events.sort(compareEvents);
  events.forEach((event, i) => {
    event.arrival = i + 1;
  });
  const untils = tests.flatMap((test) => test.until ?? []);
  const start = Math.min(...events.map((event) => event.at)) - 86_400_000;
  return { records, events, start, until: untils.length > 0 ? Math.max(...untils) : undefined };
}

/** The event as a customer's application sends it. */
export function callOf(event: TimelineEvent): { at: Instant; [name: string]: Json } {
  const contact = event.subjects.find((subject) => subject.type === 'contact');
  return {
    type: 'track',
    event: event.name,
    messageId: event.messageId,
    at: event.at,
    properties: event.properties,
    ...(contact ? { userId: contact.id } : { anonymousId: 'nobody' }),
  };
}
