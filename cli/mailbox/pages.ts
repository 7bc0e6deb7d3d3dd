/** The mailbox's pages and JSON, as a fastify plugin. Loopback is the caller's to keep: there is no log-in here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { html, type Markup } from '../../server/markup.ts';
import { contentOf } from './content.ts';
import type { KeptMail, Mailbox } from './mailbox.ts';
import { STYLE } from './style.ts';
import { listPage, mailPage, notKeptPage, type View } from './views.ts';

const PER_PAGE = 50;
const MAX_SHOWN_CHARS = 512 * 1024;
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A mail may show itself, and open a link in a window of its own; it runs and loads nothing. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const UNREADABLE = html`<p class="note">This mail cannot be taken apart: it is nested too deep, or its head is too long. Its source is whole.</p>`;

const pageNumber = z.coerce.number().int().min(1).max(1_000_000).catch(1);
const Query = z.object({ page: pageNumber });
const Search = z.object({ q: z.string().max(200).catch(''), page: pageNumber });
const Id = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });

/** Adds `/mailbox` and what is below it to an app. */
export function mailboxPages(app: FastifyInstance, mailbox: Mailbox): void {
  app.register(
    async (scope) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: 4096 },
        (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
      );
      scope.addHook('onRequest', async (_request, reply) => {
        reply.header('content-security-policy', PAGE_POLICY);
        reply.header('x-content-type-options', 'nosniff');
        reply.header('referrer-policy', 'no-referrer');
        reply.header('cache-control', 'no-store');
      });
      addPages(scope, mailbox);
      addJson(scope, mailbox);
    },
    { prefix: '/mailbox' },
  );
}

function addPages(app: FastifyInstance, mailbox: Mailbox): void {
  const asPage = (reply: FastifyReply) => reply.type('text/html; charset=utf-8');
  app.get('/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));

  const list = async (asked: { q: string; page: number }, reply: FastifyReply) => {
    const search = asked.q.trim();
    const found = await mailbox.list({ search, page: asked.page, perPage: PER_PAGE });
    return asPage(reply).send(listPage(found, mailbox, search));
  };
  app.get('/', (request, reply) => list({ q: '', page: Query.parse(request.query).page }, reply));
  app.post('/', (request, reply) => list(Search.parse(request.body ?? {}), reply));

  const view = (path: string, name: View, content: (mail: KeptMail, raw: Buffer) => Promise<Markup>) =>
    app.get(path, async (request, reply) => {
      const found = await find(request, mailbox);
      if (!found) return asPage(reply).status(404).send(notKeptPage(mailbox));
      return asPage(reply).send(mailPage(found.mail, mailbox, name, await content(found.mail, found.raw)));
    });
  view('/:id', 'mail', async (mail, raw) => {
    const content = await contentOf(raw);
    if (content === undefined) return UNREADABLE;
    if (content.html === undefined) return html`<pre>${content.text}</pre>`;
    return html`<p class="note">Pictures from elsewhere are not loaded. Links open a window of their own.</p>
<iframe src="/mailbox/${mail.id}/body" title="The mail as it looks" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>`;
  });
  view('/:id/text', 'text', async (_mail, raw) => {
    const content = await contentOf(raw);
    return content === undefined ? UNREADABLE : html`<pre>${content.text}</pre>`;
  });
  view(
    '/:id/source',
    'source',
    async (mail, raw) => html`<p class="note"><a href="/mailbox/${mail.id}/raw">Save the mail as a file</a></p>
<pre>${raw.toString('utf8', 0, MAX_SHOWN_CHARS)}</pre>`,
  );

  app.get('/:id/body', async (request, reply) => {
    const found = await find(request, mailbox);
    if (!found) return asPage(reply).status(404).send(notKeptPage(mailbox));
    const content = await contentOf(found.raw);
    reply.header('content-security-policy', MAIL_POLICY);
    return asPage(reply).send(content === undefined ? UNREADABLE.text : withLinksOutside(content.html ?? ''));
  });
  app.get('/:id/raw', async (request, reply) => {
    const found = await find(request, mailbox);
    if (!found) return asPage(reply).status(404).send(notKeptPage(mailbox));
    reply.header('content-disposition', `attachment; filename="${found.mail.id}.eml"`);
    return reply.type('message/rfc822').send(found.raw);
  });
}

function addJson(app: FastifyInstance, mailbox: Mailbox): void {
  app.get('/api/messages', async (request) => {
    const found = await mailbox.list({ page: Query.parse(request.query).page, perPage: PER_PAGE });
    const { mails, ...rest } = found;
    return { messages: mails, ...rest, repeats: mailbox.repeats };
  });
  app.get('/api/messages/:id', async (request, reply) => {
    const found = await find(request, mailbox);
    if (!found) {
      const problem = { type: 'about:blank', title: 'This mail is not kept here', status: 404, code: 'mail_not_kept' };
      return reply.status(404).type('application/problem+json').send(problem);
    }
    const content = await contentOf(found.raw);
    return { ...found.mail, isReadable: content !== undefined, text: content?.text ?? '', html: content?.html ?? null };
  });
  // A sender asks this when the answer to its mail was lost (P4).
  app.get('/api/taken/:id', async (request) => {
    const id = Id.safeParse(request.params);
    return { taken: id.success ? mailbox.taken(id.data.id) : 'cannot-ask' };
  });
}

async function find(request: FastifyRequest, mailbox: Mailbox) {
  const id = Id.safeParse(request.params);
  return id.success ? mailbox.read(id.data.id) : undefined;
}

/** A link followed inside the frame would be shut in there; it opens a window instead. */
function withLinksOutside(document: string): string {
  const base = '<base target="_blank">';
  const head = /<head\b[^>]*>/i.exec(document);
  if (!head) return `<!doctype html>${base}${document}`;
  const at = head.index + head[0].length;
  return document.slice(0, at) + base + document.slice(at);
}
