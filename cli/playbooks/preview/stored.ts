/** The values that the store has of the person or record that is asked for. */
import { BatchReservations, placesTaken, suppressionIn } from '../../../activities/facts/command-facts.ts';
import { ContactIds } from '../../../activities/facts/contact-ids.ts';
import { FactLoaders } from '../../../activities/facts/fact-loaders.ts';
import { PlacedWorld } from '../../../activities/facts/world.ts';
import type { Instant, Json, SubjectRef } from '../../../language/model.ts';
import type { Suppression } from '../../../language/records/suppression.ts';
import type { World } from '../../../language/records/world.ts';
import { now } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { heirOfSubject } from '../../../store/reports/find-subjects.ts';
import type { Command } from '../../../workflows/journey/types.ts';
import { subjectsNamed } from '../../report/subjects-named.ts';
import type { Sender } from './find-step.ts';

export interface Stored {
  subject: SubjectRef;
  at: Instant;
  /** What the playbook's latest enrolment of the subject was begun by; undefined where it never had one. */
  trigger: { [name: string]: Json } | undefined;
  /** Calls until everything that is asked for has been read. */
  reading<T>(work: (world: World, gates: StoredGates) => T): Promise<T>;
}

/** What stands in the way of a mail as the store has it (P2, P3). */
export interface StoredGates {
  /** Places of a person and class that others have taken, after `since`. */
  reservedAt(command: Command, asked: { contactId: string; messageClass: string; since: Instant }): Instant[];
  suppression(contactId: string): Suppression | undefined;
}

/** @throws Failure UNKNOWN_SUBJECT and SEVERAL_SUBJECTS */
export async function storedOf(database: Database, as: string, sender: Sender): Promise<Stored> {
  const { version, people, settings } = sender;
  const found = await subjectsNamed(database, { subject: as, option: 'as' });
  // An id may be that of a ticket and of a contact: whom the playbook is about comes first.
  const named = found.find(({ type }) => type === version.playbook.subject) ?? found[0]!;
  const { type, id } = (await heirOfSubject(database, named)) ?? named;
  const at = await now(database.pool);
  const latest = await database.prisma.enrolment.findFirst({
    where: { playbook: version.playbook.playbook, subjectType: type, subjectId: id },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    select: { trigger: true },
  });
  return {
    subject: { type, id },
    at,
    trigger: latest?.trigger as { [name: string]: Json } | undefined,
    reading(work) {
      const loaders = new FactLoaders(at);
      const world = new PlacedWorld({
        ...{ loaders, people, version, wroteAt: null, unconsumed: new Map() },
        contacts: new ContactIds(undefined, loaders),
        zone: settings.timeZone,
        onTooMany: () => {},
      });
      const { playbook } = version.playbook;
      const placing = { row: { id: '', startedAt: at, playbook }, effect: undefined, version };
      const around = { loaders, reservations: new BatchReservations(), now: at };
      const gates: StoredGates = {
        reservedAt: (command, asked) => placesTaken({ ...placing, command }, around, asked),
        suppression: (contactId) => suppressionIn(loaders, loaders.record('contact', contactId, null)),
      };
      return loaders.loadUntilDecided(database.pool, () => work(world, gates));
    },
  };
}
