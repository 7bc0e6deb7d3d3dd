/** To whom the ids that events name belong, and whom their records name: read before the locks, to know whom to lock. */
import { isDeepStrictEqual } from 'node:util';
import type { SubjectRef } from '../../language/model.ts';
import { type IdentityLink, IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import { readRecordRows } from '../../store/records/records.ts';
import { readRelationsThen, type WantedRelation } from '../../store/records/relations.ts';
import { RelationHistory } from '../late/relation-history.ts';
import { recordsOwned } from './load-records.ts';

export async function whoseEvents(client: Queryable, events: readonly StoredEvent[]) {
  // With what the events themselves claim: their records name others (E8).
  const claims = claimsOf(events);
  const ids = contactIds(
    events.flatMap((event) => event.subjects),
    events,
  );
  // Most ids are their own: what is read of them goes out with the question whether they are.
  const guess = new IdentityLinks(claims);
  const wantedOf = (identities: IdentityLinks) => ({
    owned: recordsOwned(events, identities),
    asked: RelationHistory.wanted(events, identities),
  });
  const readOf = async ({ owned, asked }: ReturnType<typeof wantedOf>) => {
    const records = await readRecordRows(client, owned);
    // A record that has not been brought up to date since names whom it named then.
    const isSince = (one: WantedRelation) => (records.get(subjectKey(one))?.updatedAt ?? -Infinity) >= one.at;
    const then = await readRelationsThen(
      client,
      asked.filter((one) => one.isMerged || isSince(one)),
    );
    return { owned, records, then };
  };
  const guessed = wantedOf(guess);
  const [stored, first] = await together([loadIdentityLinks(client, ids, claims), readOf(guessed)]);
  const owners = new IdentityLinks([...stored, ...claims]);
  const wanted = stored.length === 0 ? guessed : wantedOf(owners);
  const { owned, records, then } = isDeepStrictEqual(wanted, guessed) ? first : await readOf(wanted);
  const relations = await RelationHistory.of(client, events, owners, then);
  return { claims, ids, stored, owners, owned, records, relations };
}

/** What events claim, but for those that were retracted. */
export function claimsOf(events: readonly StoredEvent[]): IdentityLink[] {
  return events.flatMap((event) => (event.undoneBy ? [] : identityLinksOf(event)));
}

/** Ids of contacts that events name, or claim. */
export function contactIds(subjects: readonly SubjectRef[], events: readonly StoredEvent[]): string[] {
  const named = subjects.filter(({ type }) => type === 'contact').map(({ id }) => id);
  return [...named, ...events.flatMap((event) => event.merges ?? [])];
}
