/** Writes the system events of a batch, with what they change of records. */
import type { Instant } from '../../language/model.ts';
import { readListenedNames } from '../../store/deployments/deployments.ts';
import { beginWriting, type SystemEvent, systemInsertOf } from '../../store/events/events.ts';
import { readEvents } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { mergePatches } from '../../store/records/records.ts';

/** System events, and at once what they write: the next step of the same journey sees it. @returns when, by enrolment */
export async function writeSystemEvents(
  client: Queryable,
  systemEvents: readonly (SystemEvent & { enrolmentId: string })[],
): Promise<Map<string, Instant>> {
  const wroteAt = new Map<string, Instant>();
  if (systemEvents.length === 0) return wroteAt;
  const [listened, receivedAt] = await together([readListenedNames(client), beginWriting(client)]);
  const isPatch = ({ patches = [] }: SystemEvent) => patches.length > 0;
  const written = systemEvents.map(({ enrolmentId: _, ...event }) => {
    return { ...event, consumed: !listened.has(event.name) && !isPatch(event) };
  });
  const insert = await systemInsertOf(client, receivedAt, written);
  const appended = await insert.appended(client, await insert.send(client));
  const writers = new Map<number, string>();
  for (const [i, event] of systemEvents.entries()) {
    if (isPatch(event)) writers.set(appended[i]!.arrival, event.enrolmentId);
  }
  const events = await readEvents(client, [...writers.keys()]);
  const placed = events.flatMap(({ at, receivedAt, arrival, patches }) =>
    patches.map((patch) => ({ patch, at, receivedAt, arrival })),
  );
  await mergePatches(client, placed);
  for (const event of events) wroteAt.set(writers.get(event.arrival)!, event.at);
  return wroteAt;
}
