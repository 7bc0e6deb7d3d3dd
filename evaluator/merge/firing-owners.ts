/** Whose the firings of merged contacts are (E6): that follows from the claims, not from the order in which they came. */
import { enrolmentIdOf } from '../../language/hash.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import { type Place, placeOfDeadline } from '../../language/records/timeline.ts';
import type { FiringRow } from '../../store/evaluation/firings.ts';
import { type NamedContact, namedContacts } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { givenAt } from '../../triggers/engine/state.ts';
import type { MergedReplayResult } from './replay-merged.ts';

export interface OwnedFiring {
  row: FiringRow;
  /** The contact whose it is by now. */
  owner: string;
  /** The contact as whose it fired. */
  firedAs: string;
  /** It was refused, or waits, because of another contact's enrolments, traits or consent: N1 looks at it anew. */
  isLookedAnew: boolean;
}

/** What N1 may refuse for one contact and let in for another, or let wait. */
const OF_CONTACT: ReadonlySet<string | null> = new Set(['audience', 'open', 'again', 'consent', 'suppressed']);

/**
 * The contact whose replay gives it; else whose replay gives the one for which it stands; else by its last evidence, which
 * names an id that was somebody's then.
 *
 * @param replayed by contact, of all that the merge concerns
 * @param claims all of them, those before the latest, and the ids of which something belongs elsewhere by it
 */
export async function ownersOf(
  client: Queryable,
  rows: readonly FiringRow[],
  replayed: ReadonlyMap<string, MergedReplayResult>,
  claims: { identities: IdentityLinks; before: IdentityLinks; changed: ReadonlySet<string> },
): Promise<OwnedFiring[]> {
  const { identities, before, changed } = claims;
  const given = new Map<string, Pick<OwnedFiring, 'owner' | 'firedAs'>>();
  for (const [owner, result] of replayed) {
    for (const { firing, firedAs } of result.given) {
      given.set(enrolmentIdOf(firing), { owner, firedAs });
    }
  }
  const isOfContact = ({ status, reason }: FiringRow) => status !== 'enrolled' && OF_CONTACT.has(reason);
  const left = rows.filter((row) => !given.has(row.id) || isOfContact(row));
  const ids = new Set(left.flatMap(({ subject }) => [subject.id, ...identities.aliasesOf(subject.id)]));
  const named = await namedContacts(client, left, [...ids, ...changed]);
  const owned = rows.map((row): OwnedFiring => {
    const isLookedAnew = isOfContact(row) && firedAsOf(row, named, before) !== firedAsOf(row, named, identities);
    const known = given.get(row.id);
    if (known) return { row, ...known, isLookedAnew };
    const firedAs = firedAsOf(row, named, identities);
    const standing = row.standsFor ? given.get(row.standsFor) : undefined;
    const owner = standing?.owner ?? identities.heirOf(firedAs);
    // Whoever the merge does not concern is not locked.
    const isConcerned = replayed.has(owner);
    return { row, owner: isConcerned ? owner : identities.heirOf(row.subject.id), firedAs, isLookedAnew };
  });
  lookAnewAtThoseHeldUp(owned, identities);
  return owned;
}

/** Nor is a contact held up by an enrolment that turns out to be another's. */
function lookAnewAtThoseHeldUp(owned: readonly OwnedFiring[], identities: IdentityLinks): void {
  const idOf = ({ playbook, subject }: FiringRow) => JSON.stringify([playbook, subject.id]);
  const given = owned.filter(({ row, owner }) => row.subject.id !== owner && !identities.endOf(row.subject.id));
  const gone = new Set(given.filter(({ row }) => row.status === 'enrolled').map(({ row }) => idOf(row)));
  for (const one of owned) {
    const { row, owner } = one;
    const isHeldUp = row.status === 'refused' && (row.reason === 'open' || row.reason === 'again');
    if (isHeldUp && row.subject.id === owner && gone.has(idOf(row))) one.isLookedAnew = true;
  }
}

function firedAsOf(row: FiringRow, named: ReadonlyMap<string, NamedContact>, identities: IdentityLinks): string {
  const last = row.evidence.at(-1);
  const found = last === undefined ? undefined : named.get(last);
  if (!found) return identities.readAs(nameless(row, identities), placeOfDeadline(givenAt(row)));
  const place: Place = row.byTime ? placeOfDeadline(row.at) : found.place;
  return identities.readAs(identities.ownerAt(found.id, found.place), place);
}

/** Without evidence it is the subject's that its id names. */
export function nameless(row: FiringRow, identities: IdentityLinks): string {
  const { subject } = row;
  const ids = [subject.id, ...identities.aliasesOf(subject.id)];
  return ids.find((id) => enrolmentIdOf({ ...row, subject, firedAs: id }) === row.id) ?? subject.id;
}
