/** Turns what a step wants to send into parcels: one for a contact, one for each colleague. */

import type { Instant, People, Text } from '../../language/model.ts';
import type { Address } from '../../language/template/address.ts';
import { recipientZone } from '../../steps/gates/daily-window.ts';
import type { Facts, Outgoing } from '../../steps/step.ts';
import type { MessageRow } from '../../store/journeys/messages.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { effectIdOf } from '../batch/effect.ts';
import { messageIdOf } from '../mail/message-id.ts';
import type { OutgoingMail, Unreachable } from './outgoing-mail.ts';
import { scopeFor } from './scope.ts';

/** Texts of one effect by recipient, kept with a claim whose step must not be decided anew. */
export type Texts = { [recipient: string]: string };

export interface Addressing {
  member: CommandContext;
  outgoing: Outgoing;
  facts: Facts;
  people: People;
  now: Instant;
  /** Texts of the first try. */
  texts?: Texts | undefined;
}

/** Every message of the effect, those that were sent before included: who has one already is the caller's to see. */
export function addressed(input: Addressing): (OutgoingMail | Unreachable)[] {
  const { contactId, recipients = [] } = input.outgoing;
  if (contactId !== undefined) return [toContact(input, contactId)];
  const unique = new Map(recipients.map((recipient) => [suffixOf(recipient), recipient]));
  return [...unique].map(([suffix, recipient]) => toColleague(input, suffix, recipient));
}

/** The texts that these parcels carry, by recipient. */
export function textsOf(parcels: readonly (OutgoingMail | Unreachable)[]): Texts {
  return Object.fromEntries(
    parcels.flatMap((p) =>
      'content' in p && 'text' in p.content ? [[p.row.id.slice(p.row.effectId.length + 1), p.content.text]] : [],
    ),
  );
}

function toContact(input: Addressing, contactId: string): OutgoingMail | Unreachable {
  const { member, outgoing, facts, now } = input;
  const traits = facts.record('contact', contactId) ?? {};
  const row = rowOf(member, outgoing, now, effectIdOf(member.id, member.command), { contactId, personId: null });
  if (typeof traits.email !== 'string' || traits.email === '') return unreachable(row);
  const to: Address = { ...(typeof traits.name === 'string' && { name: traits.name }), address: traits.email };
  return {
    row,
    to,
    zone: recipientZone(traits, member),
    content: contentOf(input, undefined),
    sender: member.settings.sender,
  };
}

function toColleague(
  input: Addressing,
  suffix: string,
  recipient: NonNullable<Outgoing['recipients']>[number],
): OutgoingMail | Unreachable {
  const { member, outgoing, people, now } = input;
  const person = people.persons.find((p) => p.id === recipient.person);
  const id = `${effectIdOf(member.id, member.command)}/${suffix}`;
  const row = rowOf(member, outgoing, now, id, { contactId: null, personId: person?.id ?? null });
  const address = recipient.address ?? person?.email;
  if (address === undefined || address === '') return unreachable(row);
  const to: Address = { ...(person?.name !== undefined && { name: person.name }), address };
  const zone = recipientZone(person?.timeZone === undefined ? {} : { time_zone: person.timeZone }, member);
  return { row, to, zone, content: contentOf(input, { suffix, zone }), sender: member.settings.sender };
}

function contentOf(input: Addressing, reader: { suffix: string; zone: string } | undefined): OutgoingMail['content'] {
  const { member, outgoing, facts, texts } = input;
  const { version, command } = member;
  if (outgoing.template !== undefined) {
    const template = version.templates[outgoing.template];
    if (!template) throw new Error(`version ${version.hash} has no template "${outgoing.template}"`);
    return { template, scope: scopeFor(template, outgoing, facts) };
  }
  const config = version.playbook.steps[command.path]!.config as { text?: Text; note?: Text };
  const written = config.text ?? config.note;
  const kept = reader && texts?.[reader.suffix];
  const text = kept ?? (written ? facts.words(written, reader?.zone) : (outgoing.text ?? ''));
  return { subject: outgoing.subject ?? subjectOf(text, member), text };
}

const MAX_SUBJECT_CHARS = 100;

/** The first line; of a sensitive playbook its name alone (P3). */
function subjectOf(text: string, { version, row }: CommandContext): string {
  const line =
    text
      .split('\n')
      .find((one) => one.trim() !== '')
      ?.replace(/\s+/g, ' ')
      .trim() ?? '';
  if (version.playbook.sensitive !== undefined || line === '') return row.playbook;
  const chars = [...line];
  return chars.length <= MAX_SUBJECT_CHARS ? line : `${chars.slice(0, MAX_SUBJECT_CHARS - 1).join('')}…`;
}

/** How a recipient stands in the id of its message: no address does. */
function suffixOf(recipient: NonNullable<Outgoing['recipients']>[number]): string {
  if (recipient.person !== undefined) return recipient.person;
  return recipient.channel === undefined ? 'owner' : `channel:${recipient.channel}`;
}

function rowOf(
  member: CommandContext,
  outgoing: Outgoing,
  now: Instant,
  id: string,
  whom: Pick<MessageRow, 'contactId' | 'personId'>,
): MessageRow {
  const before = member.messages.find((message) => message.id === id);
  // The provider knows it by this name at every try, whatever the settings say by then.
  const providerId = before?.providerId ?? messageIdOf(id, domainOf(member.settings.sender.from));
  return {
    id,
    effectId: effectIdOf(member.id, member.command),
    enrolmentId: member.id,
    playbook: member.row.playbook,
    channel: outgoing.channel,
    messageClass: outgoing.messageClass,
    template: outgoing.template ?? null,
    ...whom,
    status: 'claimed',
    providerId,
    at: now,
    sentAt: null,
    error: null,
  };
}

function unreachable(row: MessageRow): Unreachable {
  return { row: { ...row, status: 'refused', error: 'no_address' }, refused: 'no_address' };
}

function domainOf(address: string): string {
  return (
    address
      .split('@')
      .at(-1)
      ?.replace(/[^A-Za-z0-9.-]/g, '') || 'cuebook.invalid'
  );
}
