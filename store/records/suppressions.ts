/** A person's own word on marketing (P3): written to the record at once, so that no claim after it passes the gate. */
import type { Json, SubjectRef, Traits } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import {
  BOUNCED_TRAIT,
  type Suppression,
  stronger,
  suppressionOf,
  suppressionWrites,
} from '../../language/records/suppression.ts';
import { lockSubjects } from '../evaluation/subjects.ts';
import { appendSystemEvents, beginWriting, type SystemEvent } from '../events/events.ts';
import { readEvents } from '../events/timeline.ts';
import type { Database, Queryable } from '../postgres/database.ts';
import { loadIdentityLinks } from './identity-links.ts';
import { mergePatches, readRecords } from './records.ts';
import type { Unsubscribing } from './unsubscribe-token.ts';

/**
 * `subscribed`: nothing keeps marketing from the contact but its consent. `stopped`: mails came back, or a complaint.
 * `unknown`: there is no such contact.
 */
export type Subscribed = 'subscribed' | 'unsubscribed' | 'stopped' | 'unknown';

/** Whom a link is for by now: its contact may have been merged into another since (E6). */
export async function followMerges(client: Queryable, whom: Unsubscribing): Promise<Unsubscribing> {
  const links = new IdentityLinks(await loadIdentityLinks(client, [whom.contactId]));
  return { ...whom, contactId: links.heirOf(whom.contactId) };
}

/** The contact's state now. */
export async function readSubscribed(client: Queryable, contactId: string): Promise<Subscribed> {
  const traits = (await readRecords(client, [{ type: 'contact', id: contactId }])).get(`contact/${contactId}`);
  return subscriptionStatusOf(traits);
}

/** What the contact's `language` says; undefined where nothing does. */
export async function readLanguage(client: Queryable, contactId: string): Promise<Json | undefined> {
  return (await readRecords(client, [{ type: 'contact', id: contactId }])).get(`contact/${contactId}`)?.language;
}

/** What stops mails to addresses, by them, of whichever contacts have them. @param addresses from `addressKey` */
export async function readSuppressions(
  client: Queryable,
  addresses: readonly string[],
): Promise<Map<string, Suppression>> {
  const { rows } = await client.query<{ address: string; traits: Traits }>(
    `SELECT lower(btrim(traits->>'email')) AS address, traits FROM contacts
      WHERE lower(btrim(traits->>'email')) = ANY($1::text[])
        AND traits ?| ARRAY['suppression', 'suppression_bounced', 'suppression_complained']`,
    [addresses],
  );
  // Whoever had the address when a mail to it came back, and whatever that contact's address is by now.
  const bounced = await client.query<{ address: string }>(
    `SELECT DISTINCT value #>> '{}' AS address FROM trait_writes
      WHERE type = 'contact' AND trait = '${BOUNCED_TRAIT}' AND value #>> '{}' = ANY($1::text[])`,
    [addresses],
  );
  const found = new Map<string, Suppression>(bounced.rows.map(({ address }) => [address, 'bounced']));
  for (const { address, traits } of rows) {
    const strongest = stronger(found.get(address), suppressionOf(traits));
    if (strongest !== undefined) found.set(address, strongest);
  }
  return found;
}

function subscriptionStatusOf(traits: Traits | undefined): Subscribed {
  if (!traits) return 'unknown';
  const suppression = suppressionOf(traits);
  if (suppression === undefined) return 'subscribed';
  return suppression === 'unsubscribed' ? 'unsubscribed' : 'stopped';
}

/**
 * Unsubscribes a contact; once: a repeat writes nothing. Who bounced or complained stays so, which stops more.
 *
 * @returns the contact's state afterwards.
 */
export async function unsubscribe(database: Database, whom: Unsubscribing): Promise<Subscribed> {
  return changing(database, whom, (suppression, about) => {
    if (suppression !== undefined) return undefined;
    return { ...about, name: 'email.unsubscribed', patches: patchOf(whom, 'email.unsubscribed') };
  });
}

/** Takes an unsubscribing back, and nothing else. */
export async function resubscribe(database: Database, whom: Unsubscribing): Promise<Subscribed> {
  return changing(database, whom, (suppression, about) => {
    if (suppression !== 'unsubscribed') return undefined;
    const properties = { ...about.properties, by: 'preferences' };
    return { ...about, name: 'email.resubscribed', properties, patches: patchOf(whom, 'email.resubscribed') };
  });
}

async function changing(
  database: Database,
  whom: Unsubscribing,
  change: (
    suppression: Json | undefined,
    about: Pick<SystemEvent, 'subjects' | 'properties'>,
  ) => SystemEvent | undefined,
): Promise<Subscribed> {
  const contact: SubjectRef = { type: 'contact', id: whom.contactId };
  return database.transaction(async (client) => {
    await beginWriting(client);
    await lockSubjects(client, [contact]);
    const traits = (await readRecords(client, [{ type: 'contact', id: whom.contactId }])).get(`contact/${contact.id}`);
    if (!traits) return 'unknown';
    const event = change(traits.suppression, { subjects: [contact], properties: await aboutMessage(client, whom) });
    if (!event) return subscriptionStatusOf(traits);
    const appended = await appendSystemEvents(client, [event]);
    const written = await readEvents(
      client,
      appended.map((one) => one.arrival),
    );
    // At once, and again when the evaluator consumes it: the same write at the same place.
    await mergePatches(
      client,
      written.flatMap(({ patches, at, receivedAt, arrival }) =>
        patches.map((patch) => ({ patch, at, receivedAt, arrival })),
      ),
    );
    return readSubscribed(client, whom.contactId);
  });
}

function patchOf({ contactId }: Unsubscribing, name: string): SystemEvent['patches'] & object {
  return [{ type: 'contact', id: contactId, traits: suppressionWrites(name, {})! }];
}

/** Properties of the event: the message with the link (E9). */
async function aboutMessage(client: Queryable, { messageId }: Unsubscribing): Promise<{ [name: string]: Json }> {
  const { rows } = await client.query<{
    playbook: string;
    enrolment: string;
    step: string;
    key: string;
    template: Json;
  }>(
    `SELECT m.playbook, m.enrolment_id AS enrolment, f.path AS step, e.key, m.template
       FROM messages m JOIN effects f ON f.id = m.effect_id JOIN enrolments e ON e.id = m.enrolment_id WHERE m.id = $1`,
    [messageId],
  );
  return rows[0] ? { ...rows[0], message: messageId } : {};
}
