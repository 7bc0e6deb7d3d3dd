/** What the routes of a server stand on: sessions, links by which users sign in, mailed where there is a provider, and facts. */
import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Handover } from '../../../activities/mail/handover.ts';
import { messageIdOf } from '../../../activities/mail/mail.ts';
import { openMailer } from '../../../activities/mail/transport.ts';
import { parseAddress } from '../../../language/template/mail/address.ts';
import type { ServerAccess } from '../../../server/access/access.ts';
import type { SignInLinks } from '../../../server/access/links.ts';
import type { ComputedOf } from '../../../server/api/people/profile.ts';
import type { SendTest } from '../../../server/api/settings/channels.ts';
import { storedSessions } from '../../../store/access/sessions.ts';
import { addSignInLink, takeSignInLink, userOfAddress } from '../../../store/access/users.ts';
import { readDeployedConfig } from '../../../store/deployments/deployments.ts';
import type { Database } from '../../../store/postgres/database.ts';
import type { HttpOptions } from '../http.ts';
import { computedOf } from './computed-of.ts';

const TIMEOUT_MS = 20_000;
const COUNTS_FOR_MS = 15 * 60_000;

export interface Ground {
  access: ServerAccess;
  computedOf: ComputedOf;
  /** Left out where no provider is set. */
  sendTest?: SendTest | undefined;
}

export function groundOf(app: FastifyInstance, { database, access, secret, smtpUrl }: HttpOptions): Ground {
  const taken: SignInLinks = { take: (link) => takeSignInLink(database, link) };
  const send = smtpUrl === undefined ? undefined : ownMailer(app, database, smtpUrl);
  const links = send === undefined ? taken : { ...taken, send: linkMailer(database, send) };
  const seenBy = { ...access, secret, sessions: storedSessions(database), links };
  return { access: seenBy, computedOf: computedOf(database), sendTest: send && testMailer(send) };
}

/** A mail of Cuebook's own, to a colleague; what it is known by is derived of what it is about. */
interface OwnMail {
  to: { name?: string; address: string };
  about: string;
  subject: string;
  text: string;
}

type SendOwn = (mail: OwnMail) => Promise<Handover>;

/** Ends with the server. */
function ownMailer(app: FastifyInstance, database: Database, smtpUrl: string): SendOwn {
  const mailer = openMailer({ url: smtpUrl, timeoutMs: TIMEOUT_MS, connections: 1 });
  app.addHook('onClose', () => mailer.close());
  return async ({ to, about, subject, text }) => {
    const { sender } = (await readDeployedConfig(database.pool)).settings;
    const from = parseAddress(sender.from);
    if (from === undefined) throw new Error('The settings name no sender.');
    return mailer.send({
      messageId: messageIdOf(about, from.address.split('@')[1]!),
      from: { name: sender.name, address: from.address },
      to,
      subject,
      text,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  };
}

function linkMailer(database: Database, send: SendOwn): NonNullable<SignInLinks['send']> {
  return async (email, { secret, url }) => {
    const user = await userOfAddress(database, email);
    if (user === undefined) return;
    await addSignInLink(database, user.id, secret, COUNTS_FOR_MS);
    const handed = await send({
      to: { name: user.name, address: user.email },
      about: `sign-in/${createHash('sha256').update(secret).digest('hex')}`,
      subject: 'Sign in to Cuebook',
      text: `This link signs you in once, within 15 minutes:\n\n${url}\n\nWhoever has not asked for it may leave it unread: nothing happens then.\n`,
    });
    if (handed.status !== 'sent') throw new Error(`The mail was not taken: ${handed.status}.`);
  };
}

/** Each press is a mail of its own. */
function testMailer(send: SendOwn): SendTest {
  return async (address, channel) => {
    const handed = await send({
      to: { address },
      about: `channel-test/${randomUUID()}`,
      subject: `Cuebook reaches ${channel}`,
      text: `This mail shows that what playbooks tell ${channel} arrives here. Nothing is to be done.\n`,
    });
    if (handed.status === 'sent') return { status: 'sent', said: handed.response };
    return { status: handed.status === 'unknown' ? 'unknown' : 'failed', said: handed.code };
  };
}
