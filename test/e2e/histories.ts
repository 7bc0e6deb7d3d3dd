/** The histories of playbooks' own tests, told as one: every record under a name of its own. */
import { parseCall } from '../../events/parse-call.ts';
import type { PlaybookTest } from '../../language/compile.ts';
import type { Instant, Json, RecordType, Traits } from '../../language/model.ts';
import { callsOf } from '../../simulate/tests/test-events.ts';

const DAY_MS = 86_400_000;
/** What stops mails to an address stops them to everybody who has it (P3). */
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** A call as a customer's application sends it. */
export type Call = { [member: string]: Json };

export interface History {
  records: { type: RecordType; id: string; traits: Traits }[];
  /** By their timestamps; those of one instant in the order of the tests. */
  calls: Call[];
  /** An instant before all events. */
  start: Instant;
  /** The latest end that a test asks for; undefined where none does. */
  until: Instant | undefined;
}

/** @param name the records of the first test are `<name>0-<id>`, those of the second `<name>1-<id>` */
export function historyOf(tests: readonly PlaybookTest[], name = 't'): History {
  const records: History['records'] = [];
  const calls: Call[] = [];
  tests.forEach((test, i) => {
    const own = callsOf(test).map((call) => ({ ...call, messageId: `${name}${i}-${call.messageId}` }));
    const ids = new Set([...test.records.map(({ id }) => id), ...own.flatMap(namedIn)]);
    const renamed = (value: Json): Json => {
      if (typeof value === 'string' && ADDRESS.test(value)) return `${name}${i}-${value}`;
      if (typeof value === 'string' || typeof value === 'number')
        return ids.has(`${value}`) ? `${name}${i}-${value}` : value;
      if (Array.isArray(value)) return value.map(renamed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renamed(item)]));
    };
    for (const { type, id, traits } of test.records) {
      records.push({ type, id: renamed(id) as string, traits: renamed(traits) as Traits });
    }
    calls.push(...own.map((call) => renamed(call) as Call));
  });
  calls.sort((a, b) => instantOf(a) - instantOf(b));
  const untils = tests.flatMap((test) => test.until ?? []);
  const start =
    Math.min(...calls.map(instantOf), ...tests.flatMap((test) => (test.start ? test.start + DAY_MS : []))) - DAY_MS;
  return { records, calls, start, until: untils.length > 0 ? Math.max(...untils) : undefined };
}

/** Several told as one. It ends when the last of them ends, or has come to rest by then. */
export function together(histories: readonly History[]): History {
  const untils = histories.flatMap(({ until }) => until ?? []);
  return {
    records: histories.flatMap(({ records }) => records),
    calls: histories.flatMap(({ calls }) => calls).sort((a, b) => instantOf(a) - instantOf(b)),
    start: Math.min(...histories.map(({ start }) => start)),
    until: untils.length > 0 ? Math.max(...untils) : undefined,
  };
}

export function instantOf(call: Call): Instant {
  return Date.parse(call.timestamp as string);
}

function namedIn(call: Call): string[] {
  return Object.values(parseCall(call, { source: 'test', history: true }).event.ids);
}
