/** What a process that does everything is made of, from the parts that were booted for it. */
import type { SignInCode } from '../../server/access/access.ts';
import type { WriteKey } from '../../store/events/write-keys.ts';
import type { Parts } from '../boot/parts.ts';
import type { Environment } from '../environment.ts';
import { activitiesBeside } from '../playbooks/activities.ts';
import type { Logger } from '../report/log.ts';
import { sourceOf } from './http/playbook-source.ts';
import type { RuntimeOptions } from './runtime.ts';
import { studioOf } from './studio/studio.ts';
import { temporalOptions } from './temporal-options.ts';

export interface WholeProcess {
  environment: Environment;
  /** With PostgreSQL, Temporal and mail. */
  parts: Parts;
  secrets: { secret: string; writeKeys: WriteKey[]; apiToken: string; webhookSecrets: readonly Buffer[] };
  /** Pages without a sign-in, at this machine alone. */
  open: boolean;
  host?: string | undefined;
  port?: number | undefined;
  publicUrl?: string | undefined;
  /** Of the link that signs in whoever started it. */
  signInCode?: SignInCode | undefined;
  prepare?: RuntimeOptions['prepare'];
  log: Logger;
  say: (line: string) => void;
}

/** HTTP, evaluator and worker in one process. */
export async function wholeOptions(whole: WholeProcess): Promise<RuntimeOptions> {
  const { environment, parts, secrets, open, host, port, publicUrl, log, say } = whole;
  const { databaseUrl, temporalAddress, smtpUrl, mailbox, chosen } = parts;
  if (databaseUrl === undefined || temporalAddress === undefined || smtpUrl === undefined) {
    throw new Error('A whole process needs PostgreSQL, Temporal and mail; one of them was not booted.');
  }
  const { signInCode, prepare } = whole;
  const access = { apiToken: secrets.apiToken, open, publicUrl, signInCode };
  return {
    databaseUrl,
    secret: secrets.secret,
    log,
    say,
    http: {
      writeKeys: secrets.writeKeys,
      access,
      parts: chosen,
      mailbox,
      smtpUrl,
      host,
      port,
      readSource: sourceOf(environment.CUEBOOK_PLAYBOOKS),
      studio: await studioOf({ folder: environment.CUEBOOK_PLAYBOOKS, databaseUrl }),
    },
    prepare,
    evaluator: true,
    worker: {
      temporal: await temporalOptions(environment, temporalAddress),
      smtpUrl,
      smtpConnections: environment.SMTP_CONNECTIONS,
      webhookSecrets: secrets.webhookSecrets,
      activities: await activitiesBeside(environment.CUEBOOK_PLAYBOOKS),
      publicUrl,
      ...(mailbox && { ask: async (messageId: string) => mailbox.has(messageId) }),
    },
  };
}
