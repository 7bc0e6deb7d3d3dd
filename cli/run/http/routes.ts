/** Every route of the HTTP server, by what it is for. */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { registry } from '../../../evaluation/registry.ts';
import { requireSignIn } from '../../../server/access/access.ts';
import { accessRoutes } from '../../../server/access/sign-in.ts';
import { answerProblems } from '../../../server/answer-errors.ts';
import { api } from '../../../server/api/api.ts';
import { metricsRoute } from '../../../server/metrics.ts';
import { overviewPages } from '../../../server/overview/routes.ts';
import { peopleRoutes } from '../../../server/people/routes.ts';
import { keptWriteKeys } from '../../../server/tracking/kept-write-keys.ts';
import { trackingApi } from '../../../server/tracking/tracking-api.ts';
import { unsubscribeRoutes } from '../../../server/unsubscribe/unsubscribe.ts';
import { readWebApp, webApp } from '../../../server/web-app.ts';
import { packageFolder, packageVersion } from '../../package-version.ts';
import type { HttpOptions } from '../http.ts';
import { groundOf } from './ground.ts';

export async function addRoutes(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { database, parts, mailbox, secret, onAppended, startingWith, partStates } = options;
  const { access, ...computing } = groundOf(app, options);
  const { publicUrl } = access;
  const hasMailbox = mailbox !== undefined;
  answerProblems(app);
  accessRoutes(app, access);
  const keys = keptWriteKeys(database, options.writeKeys);
  // While the store is away they are read again later.
  app.addHook('onReady', () => keys.refresh().catch(() => undefined));
  app.addHook('onClose', async () => keys.stop());
  const events = { database, writeKeys: keys, publicUrl, onAppended, startingWith };
  await app.register(trackingApi, events);
  await app.register(unsubscribeRoutes, { database, secret });
  metricsRoute(app, database, partStates);
  await peopleRoutes(app, { database, secret, onAppended });
  const version = await packageVersion();
  api(app, {
    database,
    registry,
    access,
    parts,
    partStates,
    hasMailbox,
    version,
    onAppended,
    readSource: options.readSource,
    givenWriteKeys: options.writeKeys.map(({ key: _, ...given }) => given),
    onWriteKeysChanged: keys.refresh,
    studio: options.studio,
    ...computing,
  });
  overviewPages(app, { database, registry, access, parts, hasMailbox });
  app.addHook('onClose', async () => options.studio?.close());
  webApp(app, await readWebApp(join(await packageFolder(), 'dist', 'web')));
  if (mailbox !== undefined) {
    // Loaded only where there is one: it brings a parser of mails along.
    const { mailboxPages } = await import('../../mailbox/start.ts');
    await app.register(async (scope) => {
      scope.addHook('onRequest', requireSignIn(access));
      mailboxPages(scope, mailbox);
    });
  }
}
