/** Where a browser shows the API token once. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Access, isToken, sessionCookie } from './access.ts';
import { readForms } from './forms.ts';
import { html, NOTHING } from './markup.ts';
import { sendPage } from './page.ts';

const Form = z.object({ token: z.string().max(1_000) });

/** Adds `GET` and `POST /sign-in`. */
export function signInPage(app: FastifyInstance, access: Access): void {
  app.register(async (scope) => {
    readForms(scope);
    scope.get('/sign-in', (_request, reply) => show(reply, false));
    scope.post('/sign-in', (request, reply) => {
      const form = Form.safeParse(request.body);
      if (!form.success || !isToken(form.data.token.trim(), access)) return show(reply.code(401), true);
      return reply.header('set-cookie', sessionCookie(access, request.protocol === 'https')).redirect('/', 303);
    });
  });
}

function show(reply: FastifyReply, isWrong: boolean): FastifyReply {
  const wrong = html`<p class="wrong" id="wrong" role="alert">This is not the API token.</p>`;
  return sendPage(reply, {
    title: 'Sign in · Cuebook',
    main: html`<form class="card sign-in" method="post" action="/sign-in"><h1>Sign in</h1>
<p>The API token stands in <code>CUEBOOK_API_TOKEN</code>, or in <code>secrets.json</code> of the data folder.</p>
${isWrong ? wrong : NOTHING}<label for="token">API token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${isWrong ? html` aria-invalid="true" aria-describedby="wrong"` : NOTHING}>
<button>Sign in</button></form>`,
  });
}
