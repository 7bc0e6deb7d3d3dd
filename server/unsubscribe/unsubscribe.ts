/** `/u/{token}`: unsubscribing by one click (RFC 8058), and taking it back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import type { Database } from '../../store/postgres/database.ts';
import {
  followMerges,
  readLanguage,
  readSubscribed,
  resubscribe,
  type Subscribed,
  unsubscribe,
} from '../../store/records/suppressions.ts';
import { openToken, type Unsubscribing } from '../../store/records/unsubscribe-token.ts';
import { MAX_FORM_BYTES, readForms } from '../forms.ts';
import { sendPlainPage } from '../plain-page.ts';
import { unsubscribeTexts } from './texts.ts';

export interface UnsubscribeOptions {
  database: Database;
  /** What the links were sealed with. */
  secret: string;
}

/** Mail programs post `List-Unsubscribe=One-Click`; the page's own buttons an `action`. */
const Form = z.object({ action: z.enum(['unsubscribe', 'resubscribe']).default('unsubscribe') });
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
    return show(reply, whom?.contactId, whom ? await readSubscribed(database.pool, whom.contactId) : 'unknown');
  });

  app.post('/u/*', async (request, reply) => {
    const named = whomOf(request, secret);
    if (!named) return show(reply, undefined, 'unknown');
    const form = Form.safeParse(request.body ?? {});
    const change = form.success && form.data.action === 'resubscribe' ? resubscribe : unsubscribe;
    const whom = await followMerges(database.pool, named);
    return show(reply, whom.contactId, await change(database, whom));
  });

  async function show(reply: FastifyReply, contactId: string | undefined, is: Subscribed): Promise<FastifyReply> {
    const texts = unsubscribeTexts(contactId === undefined ? undefined : await readLanguage(database.pool, contactId));
    const { language } = texts;
    if (is === 'unknown') return sendPlainPage(reply.code(404), { ...texts.unknown, language });
    const { sender } = (await readDeployedConfig(database.pool)).settings;
    const { name, postalAddress } = sender;
    return sendPlainPage(reply, {
      ...texts[is],
      language,
      sender: { name, ...(postalAddress !== undefined && { postalAddress }) },
    });
  }
}

function whomOf(request: FastifyRequest, secret: string): Unsubscribing | undefined {
  // A wildcard: the router bounds named parts of a path to 100 characters.
  return openToken(secret, (request.params as { '*': string })['*']);
}
