/** A stored event as the line of a file that gives the same event when it is read (interfaces, section 4). */

import type { Json, RecordType, SubjectType, Traits } from '../../language/model.ts';
import { anonymousContactId } from '../../language/records/identity-links.ts';
import { SUPPRESSION_TRAITS } from '../../language/records/suppression.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';

export interface CallLine {
  [member: string]: Json;
}

/** Undefined for an event that no file can name: one of Cuebook's own about a colleague or the workspace. */
export function callOf(event: StoredEvent): CallLine | undefined {
  const idOf = (type: SubjectType) => event.subjects.find((subject) => subject.type === type)?.id;
  const { anonymousId, kind, messageId } = event;
  const contact = idOf('contact');
  const isAnonymous = anonymousId !== undefined && contact === anonymousContactId(anonymousId);
  const ids: CallLine = {
    ...(contact !== undefined && !isAnonymous && { userId: contact }),
    ...(anonymousId !== undefined && { anonymousId }),
    ...(kind === 'group' ? { groupId: idOf('account') ?? null } : present('accountId', idOf('account'))),
    ...present('dealId', idOf('deal')),
    ...present('ticketId', idOf('ticket')),
  };
  if (Object.keys(ids).length === 0) return undefined;
  // What a visitor gave with a client key stays behind at a merge (E10): it has to be known when it is read again.
  const scope: CallLine = event.patches.some(({ stays }) => stays) ? { scope: 'client' } : {};
  const line: CallLine = { messageId, ...ids, timestamp: isoInstant(event.at), ...scope };
  switch (kind) {
    case 'track':
      return { event: event.name, ...line, properties: event.properties };
    case 'own':
      return { event: event.name, ...line, properties: { ...event.properties, ...writtenBy(event) } };
    case 'identify':
      return { type: kind, ...line, traits: traitsFor(event, 'contact'), properties: event.properties };
    case 'group':
      return { type: kind, ...line, traits: traitsFor(event, 'account'), properties: event.properties };
    case 'alias': {
      const { previousId, ...properties } = event.properties;
      return { type: kind, ...line, previousId: previousId ?? null, properties };
    }
    default:
      return { type: kind, ...line, properties: event.properties };
  }
}

function present(name: string, id: string | undefined): CallLine {
  return id === undefined ? {} : { [name]: id };
}

/** What a step wrote, as events carry records (E8). What stops mails is not carried: the event's name says it. */
function writtenBy({ patches }: StoredEvent): CallLine {
  const isCarried = ([trait]: [string, Json]) => !(SUPPRESSION_TRAITS as readonly string[]).includes(trait);
  return Object.fromEntries(
    patches
      .map(({ type, traits }) => [type, Object.fromEntries(Object.entries(traits).filter(isCarried))] as const)
      .filter(([, traits]) => Object.keys(traits).length > 0),
  );
}

function traitsFor(event: StoredEvent, type: RecordType): Traits {
  return Object.assign({}, ...event.patches.filter((patch) => patch.type === type).map(({ traits }) => traits));
}
