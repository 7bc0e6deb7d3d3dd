/** `/api/messages`: the list, what led to one, and what an operator does with those that wait. */
import { withLocalTime } from '../../../language/time/local-time.ts';
import { decisionWords } from '../../../steps/words/decision-words.ts';
import { dropMessages as drop, retryMessages as retry } from '../../../store/journeys/operate-messages.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { pageOfMessages, type ShownMessage } from '../../../store/reports/app/messages.ts';
import { namedSubject } from '../../../store/reports/find-subjects.ts';
import { type MessageOrigin, messageOrigins } from '../../../store/reports/message-origins.ts';
import {
  type Changed,
  dropMessages,
  getMessageOrigin,
  listMessages,
  type Message,
  type Origin,
  retryMessages,
} from '../contract/messages.ts';
import { iso, isoOrNull, pageOf, placeOf } from '../cursor.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { reasonShown } from '../words.ts';

export function messageRoutes({ database }: { database: Database }): Handled[] {
  const change = (endpoint: typeof retryMessages | typeof dropMessages, made: typeof retry) =>
    on(
      endpoint,
      async ({ body: { ids } }): Promise<Changed> => {
        const changed = await made(database, ids);
        return { changed, left: ids.filter((id) => !changed.includes(id)) };
      },
      ({ body: { ids } }) => ids.join(' '),
    );
  return [
    on(listMessages, async ({ query: { status, playbook, after, limit } }) => {
      const rows = await pageOfMessages(database.pool, { status, playbook, after: placeOf(after), most: limit + 1 });
      const { people } = await readSurroundings(database);
      const nameOf = (id: string) => people.persons.find((person) => person.id === id)?.name ?? null;
      return pageOf(rows, limit, { place: (row) => row, shown: (row) => shown(row, nameOf) });
    }),
    on(getMessageOrigin, async ({ body }) => {
      const { settings } = await readSurroundings(database);
      const found = await messageOrigins(database, body.id);
      return { items: await Promise.all(found.map((one) => originShown(database, one, settings.timeZone))) };
    }),
    change(retryMessages, retry),
    change(dropMessages, drop),
  ];
}

function shown(row: ShownMessage, nameOf: (colleague: string) => string | null): Message {
  const { toType, toId, toName, at, sentAt, reason, wait, status, ...message } = row;
  const name = toType === 'colleague' && toId !== null ? nameOf(toId) : toName;
  return {
    ...message,
    status: status as Message['status'],
    at: iso(at),
    sentAt: isoOrNull(sentAt),
    reason: status === 'sent' ? null : reasonShown(reason),
    to: toType === null || toId === null ? null : { type: toType, id: toId, name },
    wait: wait && { since: iso(wait.since), tries: wait.tries, nextAt: iso(wait.nextAt) },
  };
}

async function originShown(database: Database, found: MessageOrigin, zone: string): Promise<Origin> {
  const {
    subject,
    version,
    evidence,
    decisions,
    messages,
    path,
    reason,
    wait: _,
    detail: __,
    at,
    firedAt,
    ...origin
  } = found;
  const { type, id, name } = await namedSubject(database, subject);
  const { hash, commit, origin: written } = version;
  return {
    ...origin,
    ...{ path, at: iso(at), firedAt: iso(firedAt), reason: reasonShown(reason), subject: { type, id, name } },
    version: { hash, commit, file: written?.file ?? null, line: written?.lines[path] ?? null },
    evidence: evidence.map((one) => ({ ...one, at: isoOrNull(one.at) })),
    decisions: decisions.map(({ kind, verdict, looked, at: of }) => ({
      ...{ at: iso(of), kind, text: decisionWords(verdict, looked, (instant) => withLocalTime(instant, zone)) },
    })),
    messages: messages.map((one) => ({ ...one, sentAt: isoOrNull(one.sentAt) })),
  };
}
