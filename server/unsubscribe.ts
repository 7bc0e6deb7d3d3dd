/** `/u/{token}`: unsubscribing by one click (RFC 8058), and taking it back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readDeployedConfig } from '../store/deployments/deployments.ts';
import type { Database } from '../store/postgres/database.ts';
import {
  followMerges,
  readSubscribed,
  resubscribe,
  type Subscribed,
  unsubscribe,
} from '../store/records/suppressions.ts';
import { openToken, type Unsubscribing } from '../store/records/unsubscribe-token.ts';
import { MAX_FORM_BYTES, readForms } from './forms.ts';
import { type PlainPage, sendPlainPage } from './plain-page.ts';

export interface UnsubscribeOptions {
  database: Database;
  /** What the links were sealed with. */
  secret: string;
}

/** Mail programs post `List-Unsubscribe=One-Click`; the page's own buttons an `action`. */
const Form = z.object({ action: z.enum(['unsubscribe', 'resubscribe']).default('unsubscribe') });
const UNSUBSCRIBED = {
  title: 'You are unsubscribed',
  text: 'We will not send you marketing mails any more. Mails about your orders and your account still come.',
  buttons: [{ label: 'Subscribe again', action: 'resubscribe', quiet: true }],
} as const;
const SUBSCRIBED = {
  title: 'Unsubscribe',
  text: 'You get our marketing mails. One click, and we stop sending them.',
  buttons: [{ label: 'Unsubscribe', action: 'unsubscribe' }],
} as const;

const STOPPED = { title: UNSUBSCRIBED.title, text: UNSUBSCRIBED.text };
const PAGES = { subscribed: SUBSCRIBED, unsubscribed: UNSUBSCRIBED, stopped: STOPPED };

/**
 * `app.register(unsubscribeRoutes, { database, secret })`. A GET changes nothing: programs that look at links in mails
 * unsubscribe no one. Repeating a POST changes nothing either.
 */
export async function unsubscribeRoutes(app: FastifyInstance, { database, secret }: UnsubscribeOptions): Promise<void> {
  readForms(app);
  // Some mail programs send the one field as a form with parts; what it says is always the same.
  app.addContentTypeParser('multipart/form-data', { bodyLimit: MAX_FORM_BYTES, parseAs: 'string' }, (_r, _b, done) =>
    done(null, {}),
  );

  app.get('/u/*', async (request, reply) => {
    const named = whomOf(request, secret);
    const whom = named && (await followMerges(database.pool, named));
    return show(reply, whom ? await readSubscribed(database.pool, whom.contactId) : 'unknown');
  });

  app.post('/u/*', async (request, reply) => {
    const whom = whomOf(request, secret);
    if (!whom) return show(reply, 'unknown');
    const form = Form.safeParse(request.body ?? {});
    const change = form.success && form.data.action === 'resubscribe' ? resubscribe : unsubscribe;
    return show(reply, await change(database, await followMerges(database.pool, whom)));
  });

  async function show(reply: FastifyReply, subscribed: Subscribed): Promise<FastifyReply> {
    if (subscribed === 'unknown') {
      return sendPlainPage(reply.code(404), {
        title: 'This link is not valid',
        text: 'It may have been cut off. Please take the whole link from the mail, or answer the mail to be unsubscribed.',
      });
    }
    const { sender } = (await readDeployedConfig(database.pool)).settings;
    const page: PlainPage = PAGES[subscribed];
    const { name, postalAddress } = sender;
    return sendPlainPage(reply, {
      ...page,
      sender: { name, ...(postalAddress !== undefined && { postalAddress }) },
    });
  }
}

function whomOf(request: FastifyRequest, secret: string): Unsubscribing | undefined {
  // A wildcard: the router bounds named parts of a path to 100 characters.
  return openToken(secret, (request.params as { '*': string })['*']);
}
