/** What the routes of a server stand on: sessions, links by which users sign in, mailed where there is a provider, and facts. */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { messageIdOf } from '../../../activities/mail/mail.ts';
import { openMailer } from '../../../activities/mail/transport.ts';
import { parseAddress } from '../../../language/template/mail/address.ts';
import type { ServerAccess } from '../../../server/access/access.ts';
import type { SignInLinks } from '../../../server/access/links.ts';
import type { ComputedOf } from '../../../server/api/people/profile.ts';
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
}

export function groundOf(app: FastifyInstance, { database, access, secret, smtpUrl }: HttpOptions): Ground {
  const taken: SignInLinks = { take: (link) => takeSignInLink(database, link) };
  const links = smtpUrl === undefined ? taken : { ...taken, send: linkMailer(app, database, smtpUrl) };
  const seenBy = { ...access, secret, sessions: storedSessions(database), links };
  return { access: seenBy, computedOf: computedOf(database) };
}

/** Ends with the server. */
function linkMailer(app: FastifyInstance, database: Database, smtpUrl: string): NonNullable<SignInLinks['send']> {
  const mailer = openMailer({ url: smtpUrl, timeoutMs: TIMEOUT_MS, connections: 1 });
  app.addHook('onClose', () => mailer.close());
  return async (email, { secret, url }) => {
    const user = await userOfAddress(database, email);
    if (user === undefined) return;
    const { sender } = (await readDeployedConfig(database.pool)).settings;
    const from = parseAddress(sender.from);
    if (from === undefined) throw new Error('The settings name no sender.');
    await addSignInLink(database, user.id, secret, COUNTS_FOR_MS);
    const id = createHash('sha256').update(secret).digest('hex');
    const handed = await mailer.send({
      messageId: messageIdOf(`sign-in/${id}`, from.address.split('@')[1]!),
      from: { name: sender.name, address: from.address },
      to: { name: user.name, address: user.email },
      subject: 'Sign in to Cuebook',
      text: `This link signs you in once, within 15 minutes:\n\n${url}\n\nWhoever has not asked for it may leave it unread: nothing happens then.\n`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    if (handed.status !== 'sent') throw new Error(`The mail was not taken: ${handed.status}.`);
  };
}
