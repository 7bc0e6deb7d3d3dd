/** `/api/events`, and `/api/set-aside`: what came in, and what could not be evaluated. */
import type { CallType } from '../../../events/call-schema.ts';
import { moments } from '../../../events/moments.ts';
import { type ParsedCall, parseCall } from '../../../events/parse-call.ts';
import { appendEvents } from '../../../store/events/events.ts';
import type { Database } from '../../../store/postgres/database.ts';
import {
  countNames,
  type DeadLetter,
  pageOfDeadLetters,
  pageOfEvents,
  readEvent,
  retryDeadLetters,
  type ShownEvent,
} from '../../../store/reports/app/events.ts';
import { cached } from '../../cached.ts';
import { Problem } from '../../problems.ts';
import { explainError } from '../../tracking/explain-error.ts';
import {
  type Event,
  getEvent,
  listEventNames,
  listEvents,
  listSetAside,
  retrySetAside,
  type SetAside,
  sendEvent,
} from '../contract/events.ts';
import { cursorOf, iso, pageOf, placeOf } from '../cursor.ts';
import { type Handled, on } from '../handled.ts';

/** Of events that were sent by hand. */
const SOURCE = 'app';
const NAMES_KEPT_MS = 5_000;

export interface EventOptions {
  database: Database;
  /** Told once there is something to evaluate. */
  onAppended?: (() => void) | undefined;
}

export function eventRoutes({ database, onAppended }: EventOptions): Handled[] {
  const { pool } = database;
  const moment = moments(() => Date.now());
  const names = cached(NAMES_KEPT_MS, () => countNames(pool));
  return [
    on(listEvents, async ({ query: { after, limit, ...filter } }) => {
      const { events, next } = await pageOfEvents(pool, { ...filter, before: placeOf(after)?.at, most: limit });
      return { items: events.map(shown), next: next === null ? null : cursorOf({ at: next, id: '' }) };
    }),
    on(listEventNames, async () => {
      const { of, names: items } = await names();
      return { of, items: items.map((one) => ({ ...one, latest: iso(one.latest) })) };
    }),
    on(getEvent, async ({ params: { arrival } }) => {
      const event = await readEvent(pool, arrival);
      if (!event) throw new Problem('not_found', 'No event that is stored has this number.');
      return { ...shown(event), firings: event.firings.map((one) => ({ ...one, at: iso(one.at) })) };
    }),
    on(
      sendEvent,
      async ({ body: { type, call } }) => {
        const { event } = readCall(call, type, moment);
        const [appended] = await appendEvents(database, [event]);
        onAppended?.();
        return appended!;
      },
      ({ body: { type, call } }) => `${type} ${typeof call.event === 'string' ? call.event : ''}`.trim(),
    ),
    on(listSetAside, async ({ query: { after, limit } }) => {
      const place = placeOf(after);
      const from = place && { at: place.at, arrival: /^\d{1,15}$/.test(place.id) ? Number(place.id) : 0 };
      const rows = await pageOfDeadLetters(pool, { after: from, most: limit + 1 });
      return pageOf(rows, limit, { place: ({ at, arrival }) => ({ at, id: String(arrival) }), shown: deadShown });
    }),
    on(
      retrySetAside,
      async ({ body: { arrivals } }) => {
        const retried = await retryDeadLetters(database, arrivals);
        if (retried.length > 0) onAppended?.();
        return { retried };
      },
      ({ body: { arrivals } }) => arrivals.join(' '),
    ),
  ];
}

/** As the tracking API reads it. @throws Problem for what that refuses */
function readCall(call: object, type: CallType, moment: (hash: string) => number): ParsedCall {
  try {
    return parseCall(call, { source: SOURCE, scope: 'server', type, moment });
  } catch (error) {
    throw explainError(error) ?? error;
  }
}

function shown({ at, receivedAt, undoneBy, ...event }: ShownEvent): Event {
  return { ...event, at: iso(at), receivedAt: iso(receivedAt), isUndone: undoneBy !== null };
}

function deadShown({ setAsideAt, attempts, error, ...event }: DeadLetter): SetAside {
  const { isUndone: _, ...rest } = shown(event);
  return { ...rest, setAsideAt: iso(setAsideAt), attempts, error };
}
