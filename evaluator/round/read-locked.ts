/** What a round reads under the locks of its subjects. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { isRecord } from '../../language/records/world.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import { unclaimedUpTo } from '../../store/events/pending-events.ts';
import { withRetractions } from '../../store/events/retracted-system-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import { type RecordRef, readRecordRows } from '../../store/records/records.ts';
import type { Deployed } from '../deployed-program.ts';
import { loadEntryRows } from './entry-rows.ts';
import { claimsOf } from './whose-events.ts';

export interface Asked {
  kept: readonly StoredEvent[];
  subjects: readonly SubjectRef[];
  /** Whom the subjects' records named before they were locked. */
  related: readonly RecordRef[];
  /** To whom ids belonged then, with what the events claim. */
  owners: IdentityLinks;
  /** Ids of contacts, to whom they belong. */
  ids: readonly string[];
  /** Events of others that are not consumed count up to here. */
  upTo: Instant;
}

/** What is needed of some events and subjects under their locks: asked for at once, in a fixed number of statements. */
export async function readLocked(client: Queryable, deployed: Pick<Deployed, 'program' | 'deployments'>, asked: Asked) {
  const { kept, subjects, related, ids, owners, upTo } = asked;
  const held = kept.map(({ arrival }) => arrival);
  const aliases = aliasesOf(subjects, owners);
  const around = [...new Map([...subjects, ...related].map((ref) => [subjectKey(ref), ref])).values()];
  const [links, records, states, entryRows, events, unclaimed, at] = await together([
    loadIdentityLinks(client, ids, claimsOf(kept)),
    readRecordRows(client, around.filter(isRecord)),
    loadStates(client, around),
    loadEntryRows(client, deployed, subjects),
    withRetractions(client, kept),
    unclaimedUpTo(client, [...subjects, ...aliases], upTo, held),
    now(client),
  ]);
  const found = { links, records, states, entryRows, events, unclaimed, at };
  return { ...found, ids, aliases: new Set(aliases.map(({ id }) => id)) };
}

/** The contacts' ids that became some contacts', as subjects. */
export function aliasesOf(
  subjects: readonly SubjectRef[],
  identities: IdentityLinks,
): { type: 'contact'; id: string }[] {
  const contacts = subjects.flatMap(({ type, id }) => (type === 'contact' ? [id] : []));
  return identities.aliasesOf(...contacts).map((id) => ({ type: 'contact', id }));
}
