import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { WriteKey } from '../../store/events/write-keys.ts';
import type { Environment } from '../environment.ts';
import { Failure, messageOf } from '../failure.ts';
import { webhookSecretOf } from './webhook-secret.ts';

const SECRET_BYTES = 32;

const SecretsSchema = z.object({
  /** Signs the links in mails, unless CUEBOOK_SECRET is set. */
  secret: z.string().min(32),
  /** What servers send events with, unless CUEBOOK_WRITE_KEYS is set. */
  writeKey: z.string().min(16),
  /** What pages and apps send events with, likewise. */
  clientKey: z.string().min(16),
  /** Signs requests of webhooks, unless CUEBOOK_WEBHOOK_SECRET is set: `whsec_…`. */
  webhookSecret: z.string().startsWith('whsec_'),
  /** What the API and the web app are used with. */
  apiToken: z.string().min(16),
  /** Of the embedded PostgreSQL's only user. */
  postgresPassword: z.string().min(16),
});

export type Secrets = z.infer<typeof SecretsSchema>;

/**
 * The secrets of a data folder, made at its first start; only its owner may read the file.
 *
 * @throws Failure when the file is there and is not what was written: new secrets would make old links void.
 */
export async function readOrMakeSecrets(file: string): Promise<Secrets> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return makeSecrets(file);
  }
  try {
    const found: unknown = JSON.parse(text);
    const known = SecretsSchema.safeParse(found);
    if (known.success) {
      await chmod(file, 0o600);
      return known.data;
    }
    // Written before there were all of them: what is there stays.
    const made = { clientKey: random(), webhookSecret: webhookSecret() };
    return await write(file, SecretsSchema.parse({ ...made, ...(found as object) }));
  } catch (cause) {
    throw new Failure(
      'SECRETS_UNREADABLE',
      `${file} cannot be read as Cuebook's secrets: ${messageOf(cause)}`,
      'Restore it from a copy. To start over, remove the whole data folder: links in mails sent before become void.',
      { cause },
    );
  }
}

/** The secrets that count: what the environment sets, else what the data folder keeps. */
export function secretsInUse(
  environment: Environment,
  kept: Secrets,
): { secret: string; writeKeys: WriteKey[]; apiToken: string; webhookSecrets: Buffer[] } {
  return {
    secret: environment.CUEBOOK_SECRET ?? kept.secret,
    writeKeys: environment.CUEBOOK_WRITE_KEYS ?? [
      { source: 'default', key: kept.writeKey, scope: 'server' },
      { source: 'default', key: kept.clientKey, scope: 'client' },
    ],
    apiToken: environment.CUEBOOK_API_TOKEN ?? kept.apiToken,
    webhookSecrets: environment.CUEBOOK_WEBHOOK_SECRET ?? [webhookSecretOf(kept.webhookSecret)!],
  };
}

function makeSecrets(file: string): Promise<Secrets> {
  return write(file, {
    secret: random(),
    writeKey: random(),
    clientKey: random(),
    webhookSecret: webhookSecret(),
    apiToken: random(),
    postgresPassword: random(),
  });
}

async function write(file: string, secrets: Secrets): Promise<Secrets> {
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
  return secrets;
}

function webhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

function random(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
