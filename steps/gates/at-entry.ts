/** N1: where every effect is a marketing message, a firing is refused when none of them could reach the contact. */
import type { PlaybookVersion, SubjectRef, Traits } from '../../language/model.ts';
import { suppressionOf } from '../../language/records/suppression.ts';
import type { Place } from '../../language/records/timeline.ts';
import { isRecord, relationsOf, type World } from '../../language/records/world.ts';
import type { MessageConfig } from '../step.ts';
import { messageClassOf } from '../steps.ts';
import { consent } from './consent.ts';
import type { Candidate, GateView } from './gate.ts';
import { suppression } from './suppression.ts';

/** Why none of the playbook's messages could reach the contact; undefined where one could. */
export function refusalAtEntry(
  version: PlaybookVersion,
  contact: { id: string; traits: Traits },
): 'consent' | 'suppressed' | undefined {
  const view = { gates: { suppression: () => suppressionOf(contact.traits) } } as unknown as GateView;
  let why: 'consent' | 'suppressed' | undefined;
  for (const step of Object.values(version.playbook.steps)) {
    if (messageClassOf(step) === undefined) continue;
    const config = step.config as unknown as MessageConfig;
    if (config.to !== undefined) return undefined; // another contact's consent, read when it is sent
    const topic = config.topic ?? version.playbook.topic;
    const candidate: Candidate = {
      contactId: contact.id,
      traits: contact.traits,
      channel: config.channel,
      messageClass: 'marketing',
      ...(topic !== undefined && { topic }),
    };
    if (!suppression(candidate, view).pass) why = 'suppressed';
    else if (!consent(candidate, view).pass) why ??= 'consent';
    else return undefined;
  }
  return why;
}

/** The contact that the playbook's messages reach unless a step says otherwise (S1): the subject, or the one it names. */
export function contactOf(world: World, subject: SubjectRef, place: Place): { id: string; traits: Traits } | undefined {
  if (!isRecord(subject)) return undefined;
  const { contact } = relationsOf(subject.type, subject.id, world.traits(subject.type, subject.id, place));
  return contact === undefined ? undefined : { id: contact, traits: world.traits('contact', contact, place) ?? {} };
}
