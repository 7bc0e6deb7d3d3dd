/** Where a browser shows the API token once, and where it forgets that again. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readForms } from '../forms.ts';
import { html, NOTHING } from '../markup.ts';
import { sendPage } from '../page.ts';
import { Problem } from '../problems.ts';
import { guessesOf, isAtThisMachine, isSame, isToken, type ServerAccess, type SignInCode } from './access.ts';
import { guardApi } from './guard.ts';
import { beginSession, endSession } from './session.ts';

const Form = z.object({ token: z.string().max(1_000) });
const LinkForm = z.object({ link: z.string().min(1).max(200) });
const MailForm = z.object({ email: z.email().max(320) });

/** Guards `/api`, and adds the pages that sign in and out. For the whole server, before other routes are added. */
export function accessRoutes(app: FastifyInstance, access: ServerAccess): void {
  guardApi(app, access);
  signInPage(app, access);
}

/** Adds `GET` and `POST /sign-in`, `POST /sign-in/mail`, and `POST /sign-out` (`everywhere`: of every browser). `GET /sign-in?code=…` is the link that signs in once. */
export function signInPage(app: FastifyInstance, access: ServerAccess): void {
  app.register(async (scope) => {
    readForms(scope);
    scope.get('/sign-in', async (request, reply) => {
      const { code, link } = request.query as { code?: unknown; link?: unknown };
      if (typeof link === 'string') return showLink(reply, link.slice(0, 200));
      if (typeof code !== 'string') return show(reply, access);
      if (!access.signInCode?.take(code)) {
        return show(reply.code(401), access, 'This link has been used, or is older than 15 minutes.');
      }
      return reply.header('set-cookie', await beginSession(request, access)).redirect('/app/', 303);
    });
    scope.post('/sign-in', async (request, reply) => {
      const linked = LinkForm.safeParse(request.body);
      if (linked.success) {
        const user = await access.links?.take(linked.data.link);
        if (!user) return show(reply.code(401), access, 'This link has been used, or is older than 15 minutes.');
        return reply.header('set-cookie', await beginSession(request, access, user.id)).redirect('/app/', 303);
      }
      const form = Form.safeParse(request.body);
      try {
        if (!form.success || !isToken(form.data.token.trim(), request, access))
          return show(reply.code(401), access, 'This is not the API token.');
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return show(reply.code(error.status).headers(error.headers), access, error.message);
      }
      return reply.header('set-cookie', await beginSession(request, access)).redirect('/app/', 303);
    });
    scope.post('/sign-in/mail', async (request, reply) => mailLink(request, reply, access));
    // A foreign page cannot sign anybody out: browsers send no cookie along with what it posts.
    scope.post('/sign-out', async (request, reply) => {
      const { everywhere } = (request.body ?? {}) as { everywhere?: unknown };
      const cookie = await endSession(request, access, everywhere !== undefined);
      if (cookie !== undefined) reply.header('set-cookie', cookie);
      return reply.redirect('/sign-in', 303);
    });
  });
}

/** Says the same to every address: who is a user is nobody's to find out. */
async function mailLink(request: FastifyRequest, reply: FastifyReply, access: ServerAccess): Promise<FastifyReply> {
  const form = MailForm.safeParse(request.body);
  if (!form.success) return show(reply.code(400), access, 'This is no address.');
  const base = linkBase(request, access);
  if (!access.links?.send || base === undefined) return show(reply.code(404), access, NO_MAIL);
  const afterSeconds = guessesOf(access).take(request.ip);
  if (afterSeconds > 0) {
    reply.code(429).header('retry-after', String(afterSeconds));
    return show(reply, access, `Too many links were asked for. Try again in ${afterSeconds} s.`);
  }
  const secret = randomBytes(32).toString('base64url');
  const link = { secret, url: `${base}/sign-in?link=${secret}` };
  // Not waited for: how long it takes would tell whether there is such a user.
  access.links.send(form.data.email, link).catch((error: Error) => {
    request.log.error({ reason: error.message }, 'A link to sign in could not be mailed');
  });
  return sendPage(reply, {
    title: 'Sign in · Cuebook',
    main: html`<section class="card sign-in"><h1>Look into your mail</h1><p>If a user has that address, a link is on its way. It signs in once, within 15 minutes.</p></section>`,
  });
}

const NO_MAIL = 'No links are mailed here: that takes SMTP_URL and CUEBOOK_PUBLIC_URL.';

/** Where a link leads. What a request says of its host is anybody's to say: it is believed at this machine alone. */
function linkBase(request: FastifyRequest, { publicUrl }: ServerAccess): string | undefined {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  return isAtThisMachine(request) ? `http://${request.headers.host}` : undefined;
}

/** A link is taken by a button: programs that look at the links of mails take none. */
function showLink(reply: FastifyReply, link: string): FastifyReply {
  return sendPage(reply, {
    title: 'Sign in · Cuebook',
    main: html`<form class="card sign-in" method="post" action="/sign-in"><h1>Sign in</h1>
<input type="hidden" name="link" value="${link}"><button autofocus>Sign in</button></form>`,
  });
}

function show(reply: FastifyReply, { links }: ServerAccess, wrong?: string): FastifyReply {
  const said = html`<p class="wrong" id="wrong" role="alert">${wrong ?? ''}</p>`;
  const isWrong = wrong !== undefined;
  const byMail = html`<form class="card sign-in" method="post" action="/sign-in/mail"><h2>By a mail</h2>
<label for="email">Address</label><input id="email" name="email" type="email" autocomplete="email" required><button>Mail me a link</button></form>`;
  return sendPage(reply, {
    title: 'Sign in · Cuebook',
    main: html`<form class="card sign-in" method="post" action="/sign-in"><h1>Sign in</h1>
<p>The API token stands in <code>CUEBOOK_API_TOKEN</code>, or in <code>secrets.json</code> of the data folder.</p>
${isWrong ? said : NOTHING}<label for="token">API token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : NOTHING}>
<button>Sign in</button></form>${links?.send ? byMail : NOTHING}`,
  });
}

/** Long enough to read the terminal; a scroll-back or a screenshot of yesterday opens nothing. */
const COUNTS_FOR_MS = 15 * 60_000;

export function makeSignInCode(now: () => number = Date.now): SignInCode {
  const code = randomBytes(24).toString('base64url');
  const until = now() + COUNTS_FOR_MS;
  let isTaken = false;
  return {
    code,
    take(presented) {
      if (isTaken || now() > until || !isSame(presented, code)) return false;
      isTaken = true;
      return true;
    },
  };
}
