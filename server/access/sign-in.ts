/** Where a browser shows the API token once, and where it forgets that again. */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { readForms } from '../forms.ts';
import { html, NOTHING } from '../markup.ts';
import { sendPage } from '../page.ts';
import { Problem } from '../problems.ts';
import { isSame, isToken, type ServerAccess, type SignInCode } from './access.ts';
import { guardApi } from './guard.ts';
import { beginSession, endSession } from './session.ts';

const Form = z.object({ token: z.string().max(1_000) });

/** Guards `/api`, and adds the pages that sign in and out. For the whole server, before other routes are added. */
export function accessRoutes(app: FastifyInstance, access: ServerAccess): void {
  guardApi(app, access);
  signInPage(app, access);
}

/** Adds `GET` and `POST /sign-in`, and `POST /sign-out` (`everywhere`: of every browser). `GET /sign-in?code=…` is the link that signs in once. */
export function signInPage(app: FastifyInstance, access: ServerAccess): void {
  app.register(async (scope) => {
    readForms(scope);
    scope.get('/sign-in', async (request, reply) => {
      const { code } = request.query as { code?: unknown };
      if (typeof code !== 'string') return show(reply);
      if (!access.signInCode?.take(code)) {
        return show(reply.code(401), 'This link has been used, or is older than 15 minutes.');
      }
      return reply.header('set-cookie', await beginSession(request, access)).redirect('/', 303);
    });
    scope.post('/sign-in', async (request, reply) => {
      const form = Form.safeParse(request.body);
      try {
        if (!form.success || !isToken(form.data.token.trim(), request, access))
          return show(reply.code(401), 'This is not the API token.');
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return show(reply.code(error.status).headers(error.headers), error.message);
      }
      return reply.header('set-cookie', await beginSession(request, access)).redirect('/', 303);
    });
    // A foreign page cannot sign anybody out: browsers send no cookie along with what it posts.
    scope.post('/sign-out', async (request, reply) => {
      const { everywhere } = (request.body ?? {}) as { everywhere?: unknown };
      const cookie = await endSession(request, access, everywhere !== undefined);
      if (cookie !== undefined) reply.header('set-cookie', cookie);
      return reply.redirect('/sign-in', 303);
    });
  });
}

function show(reply: FastifyReply, wrong?: string): FastifyReply {
  const said = html`<p class="wrong" id="wrong" role="alert">${wrong ?? ''}</p>`;
  const isWrong = wrong !== undefined;
  return sendPage(reply, {
    title: 'Sign in · Cuebook',
    main: html`<form class="card sign-in" method="post" action="/sign-in"><h1>Sign in</h1>
<p>The API token stands in <code>CUEBOOK_API_TOKEN</code>, or in <code>secrets.json</code> of the data folder.</p>
${isWrong ? said : NOTHING}<label for="token">API token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : NOTHING}>
<button>Sign in</button></form>`,
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
