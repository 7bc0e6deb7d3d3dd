/** An event as it comes in, before it has a place on timelines (semantics E1, E6, E8). */
import type { Instant, Json, SubjectRef, SubjectType } from '../language/model.ts';
import { anonymousContactId } from '../language/records/identity-links.ts';
import type { TimelineEvent, TraitPatch } from '../language/records/timeline.ts';

export type EventKind = 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias' | 'own';

/** The ids that an event names (E8): at most one of each kind. */
export interface EventIds {
  contactId?: string;
  anonymousId?: string;
  accountId?: string;
  dealId?: string;
  ticketId?: string;
}

/** What the client's own clock said. */
export interface ClientStamps {
  /** When it happened. */
  timestamp?: Instant;
  /** When it was sent; the client's clock is wrong by its distance from `receivedAt`. */
  sentAt?: Instant;
}

/** The source of Cuebook's own events (E9). */
export const SYSTEM_SOURCE = 'cuebook';

export interface NewEvent {
  source: string;
  messageId: string;
  kind: Exclude<EventKind, 'own'>;
  name: string;
  ids: EventIds;
  stamps: ClientStamps;
  properties: { [name: string]: Json };
  patches: TraitPatch[];
  /** It came with a client key (E10). */
  isClient?: true;
}

/** The subjects that an event names; an anonymous visitor is a contact of its own until it is merged (E6). */
export function subjectsOf(ids: EventIds): SubjectRef[] {
  const contactId = ids.contactId ?? (ids.anonymousId === undefined ? undefined : anonymousContactId(ids.anonymousId));
  const named: [SubjectType, string | undefined][] = [
    ['contact', contactId],
    ['account', ids.accountId],
    ['deal', ids.dealId],
    ['ticket', ids.ticketId],
  ];
  return named.flatMap(([type, id]) => (id === undefined ? [] : [{ type, id }]));
}

/** What tells which contacts an event merges. */
export interface IdentityClaim {
  kind: EventKind;
  contactId: string | undefined;
  anonymousId: string | undefined;
  previousId: Json | undefined;
}

/**
 * What an event claims for its contact (E6): `identify` the anonymous id that comes with the `userId`, `alias` the
 * `previousId`, which may be either.
 */
export function mergesOf({ kind, contactId, anonymousId, previousId }: IdentityClaim): Pick<TimelineEvent, 'merges'> {
  if (contactId === undefined) return {};
  if (kind === 'identify' && anonymousId !== undefined) {
    const from = anonymousContactId(anonymousId);
    return from === contactId ? {} : { merges: [from] };
  }
  if (kind === 'alias' && typeof previousId === 'string') {
    return { merges: [anonymousContactId(previousId), previousId].filter((from) => from !== contactId) };
  }
  return {};
}

/** A dated event on the timeline of virtual time, where it is received when it happens (E1). */
export function timelineEventOf(event: NewEvent, at: Instant, arrival: number): TimelineEvent {
  const { messageId, kind, name, ids, properties, patches } = event;
  const subjects = subjectsOf(ids);
  const contactId = subjects.find(({ type }) => type === 'contact')?.id;
  const merges = mergesOf({ kind, contactId, anonymousId: ids.anonymousId, previousId: properties.previousId });
  return { arrival, messageId, name, at, receivedAt: at, properties, subjects, patches, ...merges };
}
