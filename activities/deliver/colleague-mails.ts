/**
 * Sends the mails to colleagues that no journey waits for (S6, S11), as effects are sent: claimed right before the handover
 * with a lease, under one Message-ID at each try, the result written at once; what the provider does not take waits (P4, P5).
 */
import type { Instant, Json, People, Settings } from '../../language/model.ts';
import { addressIn } from '../../language/template/mail/address.ts';
import { readZone } from '../../language/time/read-zone.ts';
import { type ProviderWait, redeliver } from '../../steps/redelivery.ts';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import {
  type ClaimedMail,
  claimMails,
  type MailSettlement,
  settleMail,
  someMailIsDue,
} from '../../store/journeys/colleague-mails.ts';
import type { MessageRow } from '../../store/journeys/messages.ts';
import { now as readNow } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { withRetries } from '../../store/postgres/retry.ts';
import { messageIdOf } from '../mail/mail.ts';
import { domainOf, type OutgoingMail } from './address.ts';
import { mailWords } from './colleague-mail-words.ts';
import { type EffectResult, type PartResult, resultOf } from './effect-result.ts';
import { answerLink, handOverMail, type MailOptions } from './hand-over-mail.ts';
import type { HandoverSlots } from './handover-slots.ts';
import { knownOf } from './orphaned-claim.ts';

export interface ColleagueMailOptions extends MailOptions {
  database: Database;
  leaseMs: number;
  /** Shared with the messages of journeys: as many are unknown after a crash. */
  slots: HandoverSlots;
}

interface ClaimedMails {
  mails: ClaimedMail[];
  settings: Settings;
  people: People;
  now: Instant;
  leasedSinceMs: number;
}

/** So long the database may be away when a result is written; after that the lease runs out. */
const RETRY_MS = 5_000;
const AT_A_TIME = 20;

/**
 * Sends whatever is due, until nothing more is.
 *
 * @param stopping once it is given nothing more is claimed
 * @returns how many were settled
 * @throws what PostgreSQL throws; it may be called again
 */
export async function deliverColleagueMails(options: ColleagueMailOptions, stopping?: AbortSignal): Promise<number> {
  let settled = 0;
  // Whoever is about to send has the slots: they are asked for only where something is due.
  while (!stopping?.aborted && (await someMailIsDue(options.database.pool))) {
    const sent = await sendSome(options, stopping);
    if (sent === 0) break;
    settled += sent;
  }
  return settled;
}

async function sendSome(options: ColleagueMailOptions, stopping: AbortSignal | undefined): Promise<number> {
  const { slots } = options;
  let left = await slots.take(AT_A_TIME);
  const give = () => {
    left -= 1;
    slots.give();
  };
  try {
    if (stopping?.aborted) return 0;
    const claimed = await claimSome(options, left);
    while (left > claimed.mails.length) give();
    const sent = await Promise.allSettled(claimed.mails.map((mail) => sendOne(mail, claimed, options).finally(give)));
    const failed = sent.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return sent.length;
  } finally {
    while (left > 0) give();
  }
}

async function claimSome({ database, leaseMs }: ColleagueMailOptions, most: number): Promise<ClaimedMails> {
  const leasedSinceMs = performance.now();
  return database.transaction(async (client) => {
    const { settings, people } = await readDeployedConfig(client);
    const nameOf = (id: string) => messageIdOf(id, domainOf(settings.sender.from));
    const mails = await claimMails(client, { most, leaseMs, nameOf });
    return { mails, settings, people, now: await readNow(client), leasedSinceMs };
  });
}

async function sendOne(mail: ClaimedMail, claimed: ClaimedMails, options: ColleagueMailOptions): Promise<void> {
  const result = await handedOver(mail, claimed, options);
  const { database, log } = options;
  const ours = await withRetries(
    () => database.transaction(async (client) => settleMail(client, settlementOf(mail, result, await readNow(client)))),
    { untilMs: RETRY_MS },
  );
  const { id, kind, playbook } = mail;
  if (!ours) log.warn({ mail: id, kind }, 'The result of a mail came after its lease; it is sent by another worker');
  else if (result.status === 'failed' && settlementOf(mail, result, claimed.now).status === 'failed') {
    log.error({ mail: id, kind, playbook, code: result.reason }, 'A mail to a colleague has failed');
  }
}

async function handedOver(
  mail: ClaimedMail,
  claimed: ClaimedMails,
  options: ColleagueMailOptions,
): Promise<EffectResult> {
  const { settings, now, leasedSinceMs } = claimed;
  const pending = { kind: 'message', answer: { go: 'next' }, context: null, messageClass: 'internal' } as const;
  const wait = waitOf(mail);
  const withWait = { ...pending, ...(wait && { wait }) };
  const result = (part: PartResult) => resultOf(withWait, [part], now);
  const row = rowOf(mail, now);
  const refused = (code: string) => result({ row, status: 'refused', code, permanent: true });
  if (mail.orphaned) {
    const said = options.ask ? await options.ask(mail.providerId) : 'cannot-ask';
    const known = knownOf(row, new Map([[mail.providerId, said]]));
    if (known.status === 'sent') return result(known);
  }
  const { to, zone } = readerOf(mail, claimed);
  const person = mail.recipient.startsWith('person:') ? mail.recipient.slice('person:'.length) : null;
  const words = mailWords(mail, zone, (id) => answerLink(options, { kind: 'task', id, person }));
  if (!words) return refused('nothing_left');
  if (!to) return refused('no_address');
  const outgoing: OutgoingMail = { kind: 'mail', row, to, zone, content: words, sender: settings.sender };
  const isLate = () => performance.now() - leasedSinceMs > options.leaseMs / 2;
  return result(await handOverMail(outgoing, { now }, { ...options, isLate }));
}

function waitOf({ wait }: ClaimedMail): ProviderWait | undefined {
  return (wait ?? undefined) as ProviderWait | undefined;
}

function settlementOf(mail: ClaimedMail, result: EffectResult, now: Instant): MailSettlement {
  const { id, lease } = mail;
  const { status, reason, claim } = result;
  const over = { id, lease, reason, wait: null, nextAt: null };
  if (status === 'done') return { ...over, status };
  if (status !== 'failed') return { ...over, status: 'refused' };
  if (claim === null) return { ...over, status };
  // What is unknown is sent again under the same name, as what was not taken (P4): internal.
  const isCounted = claim.wait !== undefined && claim.wait !== waitOf(mail);
  const refusal = {
    messageClass: 'internal',
    code: reason ?? 'unknown',
    now,
    ...(claim.wait && { wait: claim.wait }),
  } as const;
  const again = isCounted ? { wait: claim.wait! } : redeliver(refusal);
  if ('over' in again) return { ...over, status };
  return { ...over, status: 'waiting', wait: again.wait as unknown as Json, nextAt: again.wait.nextAt };
}

function readerOf({ recipient, lines }: ClaimedMail, { people, settings }: ClaimedMails) {
  const [kind, name = ''] = [recipient.slice(0, recipient.indexOf(':')), recipient.slice(recipient.indexOf(':') + 1)];
  const person = kind === 'person' ? people.persons.find(({ id }) => id === name) : undefined;
  const written = kind === 'channel' ? people.channels[name] : kind === 'owner' ? lines[0]?.owner : person?.email;
  const address = addressIn(written ?? undefined);
  return {
    to: address === undefined ? undefined : { ...(person?.name !== undefined && { name: person.name }), address },
    zone: readZone(person?.timeZone) ?? readZone(lines[0]?.timeZone ?? undefined) ?? settings.timeZone,
  };
}

/** As messages of journeys are told to the mailer; it is stored with its claim alone. */
function rowOf({ id, providerId, playbook, recipient, lines }: ClaimedMail, now: Instant): MessageRow {
  return {
    id,
    effectId: id,
    enrolmentId: lines[0]?.enrolmentId ?? '',
    playbook: playbook ?? lines[0]?.playbook ?? '',
    channel: 'email',
    messageClass: 'internal',
    template: null,
    contactId: null,
    personId: recipient,
    status: 'claimed',
    providerId,
    at: now,
    sentAt: null,
    error: null,
  };
}
