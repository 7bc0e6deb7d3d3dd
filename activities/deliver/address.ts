/** Turns what a step wants to send into mails: one to a contact, or one to each colleague. */

import { effectIdOf } from '../../language/hash.ts';
import type { Instant, People, Settings, SubjectRef, Template, Text } from '../../language/model.ts';
import { type Address, addressIn } from '../../language/template/mail/address.ts';
import { oneLine } from '../../language/template/mail/line.ts';
import { readLocale } from '../../language/template/mail/locale.ts';
import type { Scope } from '../../language/text.ts';
import { momentOf } from '../../steps/decide-command.ts';
import { recipientZone } from '../../steps/gates/recipient-zone.ts';
import type { Facts, OutgoingMessage, Recipient } from '../../steps/step.ts';
import type { MessageRow } from '../../store/journeys/messages.ts';
import type { Answering } from '../../store/records/answer-token.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { messageIdOf } from '../mail/mail.ts';
import type { Part } from './parts.ts';
import type { Texts } from './pending-effect.ts';

/** A message that is claimed: its recipient, and what it is made of. In memory only; mails are never stored. */
export interface OutgoingMail {
  kind: 'mail';
  /** The message's row, as it is claimed. */
  row: MessageRow;
  to: Address;
  /** The reader's zone, and language where it is known. */
  zone: string;
  locale?: string | undefined;
  content:
    | { template: Template; scope: Scope }
    | { subject: string; text: string; answering?: Answering; about?: SubjectRef };
  sender: Settings['sender'];
}

/** A recipient without an address that can be written to: recorded, and no reason to keep others waiting. */
export interface Unreachable {
  kind: 'unreachable';
  row: MessageRow;
  refused: 'no_address';
}

export interface Addressing {
  context: CommandContext;
  outgoing: OutgoingMessage;
  facts: Facts;
  people: People;
  now: Instant;
  /** Texts of the first try. */
  texts?: Texts | undefined;
}

/** Every message of the effect, including those that were sent before. */
export function addressed(input: Addressing): (OutgoingMail | Unreachable)[] {
  const { contactId, recipients = [] } = input.outgoing;
  if (contactId !== undefined) return [toContact(input, contactId)];
  const unique = new Map(recipients.map((recipient) => [suffixOf(recipient), recipient]));
  return [...unique].map(([suffix, recipient]) => toColleague(input, suffix, recipient));
}

/** The texts that these messages carry, by recipient. */
export function textsOf(parts: readonly Part[]): Texts {
  return Object.fromEntries(
    parts.flatMap((p) =>
      p.kind === 'mail' && 'text' in p.content ? [[p.row.id.slice(p.row.effectId.length + 1), p.content.text]] : [],
    ),
  );
}

function toContact(input: Addressing, contactId: string): OutgoingMail | Unreachable {
  const { context, facts } = input;
  const traits = facts.record('contact', contactId) ?? {};
  const row = rowOf(input, effectIdOf(context.id, context.command), { contactId, personId: null });
  const address = addressIn(traits.email);
  if (address === undefined) return unreachable(row);
  const to: Address = { ...(typeof traits.name === 'string' && { name: traits.name }), address };
  return {
    kind: 'mail',
    row,
    to,
    zone: recipientZone(traits, context),
    locale: readLocale(traits.language),
    content: contentOf(input, undefined),
    sender: context.settings.sender,
  };
}

function toColleague(input: Addressing, suffix: string, recipient: Recipient): OutgoingMail | Unreachable {
  const { context, people } = input;
  const person = people.persons.find((p) => p.id === recipient.person);
  const id = `${effectIdOf(context.id, context.command)}/${suffix}`;
  const row = rowOf(input, id, { contactId: null, personId: person?.id ?? null });
  const address = addressIn(recipient.address ?? person?.email);
  if (address === undefined) return unreachable(row);
  const to: Address = { ...(person?.name !== undefined && { name: person.name }), address };
  const zone = recipientZone(person?.timeZone === undefined ? {} : { time_zone: person.timeZone }, context);
  return {
    kind: 'mail',
    row,
    to,
    zone,
    content: contentOf(input, { suffix, zone, person: person?.id }),
    sender: context.settings.sender,
  };
}

function contentOf(
  input: Addressing,
  reader: { suffix: string; zone: string; person: string | undefined } | undefined,
): OutgoingMail['content'] {
  const { context, outgoing, facts, texts } = input;
  const { version, command } = context;
  if (outgoing.template !== undefined) {
    const template = version.templates[outgoing.template];
    if (!template) throw new Error(`version ${version.hash} has no template "${outgoing.template}"`);
    return { template, scope: scopeFor(template, outgoing, facts) };
  }
  const config = version.playbook.steps[command.path]!.config as { text?: Text; note?: Text };
  const written = config.text ?? config.note;
  const kept = reader && texts?.[reader.suffix];
  const text = kept ?? (written ? facts.words(written, reader?.zone) : (outgoing.text ?? ''));
  const subject = oneLine(outgoing.subject ?? '', MAX_SUBJECT_CHARS) || subjectOf(text, context);
  const { asks: kind } = outgoing;
  const id = effectIdOf(context.id, command);
  const { about } = outgoing;
  const answering = kind && { kind, id, person: reader?.person ?? null };
  return { subject, text, ...(answering && { answering }), ...(about && { about }) };
}

const MAX_SUBJECT_CHARS = 100;

/** The first line; of a sensitive playbook its name alone (P3). */
function subjectOf(text: string, { version, row }: CommandContext): string {
  const line = oneLine(text.trim().split('\n')[0]!, MAX_SUBJECT_CHARS);
  return version.playbook.sensitive !== undefined || line === '' ? row.playbook : line;
}

/** Names a recipient in the id of its message, without an address. */
function suffixOf(recipient: Recipient): string {
  if (recipient.person !== undefined) return recipient.person;
  return recipient.channel === undefined ? 'owner' : `channel:${recipient.channel}`;
}

function rowOf(
  { context, outgoing, now }: Addressing,
  id: string,
  recipient: Pick<MessageRow, 'contactId' | 'personId'>,
): MessageRow {
  const before = context.messages.find((message) => message.id === id);
  // The provider knows it by this name at every try, even if the settings have changed.
  const providerId = before?.providerId ?? messageIdOf(id, domainOf(context.settings.sender.from));
  return {
    id,
    effectId: effectIdOf(context.id, context.command),
    enrolmentId: context.id,
    playbook: context.row.playbook,
    channel: outgoing.channel,
    messageClass: outgoing.messageClass,
    template: outgoing.template ?? null,
    ...recipient,
    status: 'claimed',
    providerId,
    at: momentOf(context.command, now),
    sentAt: null,
    error: null,
  };
}

function unreachable(row: MessageRow): Unreachable {
  return { kind: 'unreachable', row: { ...row, status: 'refused', error: 'no_address' }, refused: 'no_address' };
}

export function domainOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return domain.replace(/[^A-Za-z0-9.-]/g, '') || 'cuebook.invalid';
}

/** The names that a template sees (S1), read from the same facts as the step's own texts. */
const ROOTS = ['contact', 'account', 'deal', 'ticket', 'colleague', 'trigger', 'steps', 'repeat', 'report', 'now'];

function scopeFor(template: Template, outgoing: OutgoingMessage, facts: Facts): Scope {
  const scope: { [root: string]: unknown } = { with: outgoing.with ?? {} };
  const names = facts.names(template.reads);
  for (const root of ROOTS) {
    const value = names[root];
    if (value !== undefined && value !== null && template.reads.some((path) => path.split('.')[0] === root)) {
      scope[root] = value;
    }
  }
  return scope;
}
