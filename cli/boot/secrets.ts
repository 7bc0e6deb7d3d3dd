import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Environment } from '../environment.ts';
import { Failure, messageOf } from '../failure.ts';

const SECRET_BYTES = 32;

const SecretsSchema = z.object({
  /** Signs the links in mails, unless CUEBOOK_SECRET is set. */
  secret: z.string().min(32),
  /** What tracking calls are made with, unless CUEBOOK_WRITE_KEYS is set. */
  writeKey: z.string().min(16),
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
    const secrets = SecretsSchema.parse(JSON.parse(text));
    await chmod(file, 0o600);
    return secrets;
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
): { secret: string; writeKeys: { source: string; key: string }[]; apiToken: string } {
  return {
    secret: environment.CUEBOOK_SECRET ?? kept.secret,
    writeKeys: environment.CUEBOOK_WRITE_KEYS ?? [{ source: 'default', key: kept.writeKey }],
    apiToken: environment.CUEBOOK_API_TOKEN ?? kept.apiToken,
  };
}

async function makeSecrets(file: string): Promise<Secrets> {
  const random = () => randomBytes(SECRET_BYTES).toString('base64url');
  const secrets: Secrets = {
    secret: random(),
    writeKey: random(),
    apiToken: random(),
    postgresPassword: random(),
  };
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
  return secrets;
}
