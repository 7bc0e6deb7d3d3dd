/** `/`: what the playbooks have done so far; `/api/overview`: the same for programs. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from '../../language/syntax.ts';
import type { Database } from '../../store/postgres/database.ts';
import { requireSignIn, type ServerAccess } from '../access/access.ts';
import { callerOf } from '../access/guard.ts';
import { html } from '../markup.ts';
import { PAGE_POLICY, sendPage } from '../page.ts';
import { STYLE } from '../style.ts';
import { overviewOf, type PartShown } from './data.ts';
import { headerAside, liveView } from './views.ts';

export interface OverviewOptions {
  database: Database;
  /** Whose effects the feed tells of. */
  registry: Pick<Registry, 'steps'>;
  access: ServerAccess;
  parts: readonly PartShown[];
  hasMailbox: boolean;
}

/**
 * Keeps the page fresh. While something is selected or has the focus nothing is replaced, nor while the
 * page is out of sight.
 */
const SCRIPT = `'use strict';
const live = document.getElementById('live');
const busy = () => live.contains(document.activeElement) || !document.getSelection().isCollapsed;
const refresh = async () => {
  if (document.hidden || busy()) return;
  const response = await fetch('/overview/live', { headers: { accept: 'text/html' } });
  if (response.ok && !response.redirected) live.innerHTML = await response.text();
};
setInterval(() => refresh().catch(() => {}), 1000);
`;

export function overviewPages(app: FastifyInstance, options: OverviewOptions): void {
  const { access, parts, hasMailbox } = options;
  const read = overviewOf(options.database, options.registry);
  const pages = { onRequest: requireSignIn(access) };
  app.get('/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
  app.get('/overview/live.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(SCRIPT));
  app.get('/', pages, async (_request, reply) =>
    sendPage(reply, {
      title: 'Cuebook',
      aside: headerAside({ hasMailbox, signsIn: !access.open }),
      main: html`<h1 class="skip">Overview</h1><div id="live">${liveView(await read(), parts)}</div>`,
      scripts: ['/overview/live.js'],
    }),
  );
  app.get('/overview/live', pages, async (_request, reply) =>
    reply
      .header('content-security-policy', PAGE_POLICY)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(liveView(await read(), parts).text),
  );
  app.get('/api/overview', { config: { role: 'viewer' } }, async (request) => {
    callerOf(request);
    const overview = await read();
    return { deployed: overview !== undefined, parts, ...overview };
  });
}
