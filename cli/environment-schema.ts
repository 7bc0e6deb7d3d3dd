import { z } from 'zod';
import { KEY_SCOPES } from '../events/client-key.ts';
import { SYSTEM_SOURCE } from '../events/new-event.ts';
import { cacheFolder } from './boot/cache-folder.ts';
import { webhookSecretOf } from './boot/webhook-secret.ts';

/** What the reference and error messages say of a variable. */
export interface VariableNotes {
  description: string;
  /** What is accepted, in words. */
  allowed: string;
  /** What happens without it. */
  unset: string;
  example: string;
  /** Its value is never shown. */
  secret: boolean;
}

type NotesInput = Omit<VariableNotes, 'secret'> & { secret?: boolean };

function variable<S extends z.ZodType>(schema: S, notes: NotesInput): S {
  return schema.meta({ secret: false, ...notes });
}

const url = (protocol: RegExp) => z.url({ protocol }).optional();
const filePath = z.string().optional();

/** `[source:]key[:scope]`. A key holds no colon and is longer than a scope; `cuebook` is the source of Cuebook's own events. */
const writeKeys = z
  .string()
  .transform((text, context) => {
    const keys = text.split(',').map((entry) => {
      const match = /^\s*(?:([a-z][a-z0-9_-]{0,62}):)?([^\s:]{16,})(?::(client|server))?\s*$/i.exec(entry);
      if (match === null || match[1]?.toLowerCase() === SYSTEM_SOURCE) return undefined;
      const scope = KEY_SCOPES.find((it) => it === match[3]?.toLowerCase());
      return { source: match[1] ?? 'default', key: match[2]!, ...(scope && { scope }) };
    });
    const good = keys.filter((key) => key !== undefined);
    if (good.length < keys.length || new Set(good.map(({ key }) => key)).size < good.length) {
      context.addIssue({ code: 'custom', message: 'not a list of different write keys' });
      return z.NEVER;
    }
    return good;
  })
  .optional();

const webhookSecrets = z
  .string()
  .transform((text, context) => {
    const secrets = text.split(',').map(webhookSecretOf);
    const good = secrets.filter((secret) => secret !== undefined);
    if (good.length === secrets.length && good.length <= MAX_WEBHOOK_SECRETS) return good;
    context.addIssue({ code: 'custom', message: 'not a list of webhook secrets' });
    return z.NEVER;
  })
  .optional();
/** A new one and the old one; more would be carried by every request. */
const MAX_WEBHOOK_SECRETS = 3;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every variable that Cuebook reads. An empty value counts as unset. */
export const EnvironmentSchema = z.object({
  DATABASE_URL: variable(url(/^postgres(ql)?$/), {
    description: 'The PostgreSQL database (14 or later) that holds everything.',
    allowed: 'a URL that begins with postgresql:// or postgres://',
    unset: 'an embedded PostgreSQL is started in the data folder',
    example: 'postgresql://cuebook:password@db.example:5432/cuebook',
    secret: true,
  }),
  TEMPORAL_ADDRESS: variable(
    z
      .string()
      .regex(/^(\[[0-9a-f:]+\]|[^\s:/]+):\d{1,5}$/i)
      .optional(),
    {
      description: 'The Temporal server: a cluster of your own, or Temporal Cloud.',
      allowed: 'host:port',
      unset: 'a server is started on this machine',
      example: 'temporal.example:7233',
    },
  ),
  TEMPORAL_NAMESPACE: variable(z.string().min(1).default('default'), {
    description: 'The Temporal namespace in which journeys run.',
    allowed: 'the name of a namespace',
    unset: '`default`',
    example: 'cuebook.a1b2c',
  }),
  TEMPORAL_API_KEY: variable(z.string().optional(), {
    description: 'The API key for Temporal Cloud. Turns TLS on.',
    allowed: 'the key as it was given',
    unset: 'none is sent',
    example: 'eyJhbGciOi…',
    secret: true,
  }),
  TEMPORAL_TLS: variable(
    z
      .enum(['true', 'false', '1', '0'])
      .transform((text) => text === 'true' || text === '1')
      .optional(),
    {
      description: 'Whether the connection to TEMPORAL_ADDRESS is encrypted.',
      allowed: 'true, false, 1 or 0',
      unset: 'it is when an API key or one of the files below is set',
      example: 'true',
    },
  ),
  TEMPORAL_TLS_CLIENT_CERT_PATH: variable(filePath, {
    description: 'The client certificate, PEM.',
    allowed: 'the path of a file; with TEMPORAL_TLS_CLIENT_KEY_PATH',
    unset: 'none is shown',
    example: '/run/secrets/temporal.pem',
  }),
  TEMPORAL_TLS_CLIENT_KEY_PATH: variable(filePath, {
    description: 'The private key of that certificate, PEM.',
    allowed: 'the path of a file; with TEMPORAL_TLS_CLIENT_CERT_PATH',
    unset: 'none is used',
    example: '/run/secrets/temporal.key',
  }),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: variable(filePath, {
    description: 'The authority that signed the server’s certificate, PEM.',
    allowed: 'the path of a file',
    unset: 'the authorities that the system trusts',
    example: '/run/secrets/ca.pem',
  }),
  TEMPORAL_TLS_SERVER_NAME: variable(z.string().optional(), {
    description: 'The name that the server’s certificate must have.',
    allowed: 'a host name',
    unset: 'the host of TEMPORAL_ADDRESS',
    example: 'temporal.internal',
  }),
  SMTP_URL: variable(url(/^smtps?$/), {
    description: 'The mail server that takes what is sent.',
    allowed: 'a URL that begins with smtp:// or smtps://',
    unset: 'an embedded mailbox catches all mail and shows it; nothing leaves the machine',
    example: 'smtps://user:password@mail.example:465',
    secret: true,
  }),
  SMTP_CONNECTIONS: variable(z.coerce.number().int().min(1).max(100).optional(), {
    description:
      'Connections to the mail server at once, of each worker. Each has one mail; so many may have gone without an answer when the worker dies, and those that are no marketing are then sent again under the same Message-ID.',
    allowed: 'a whole number from 1 to 100',
    unset: '2; to the embedded mailbox, which can be asked what it has taken, 5',
    example: '10',
  }),
  CUEBOOK_SECRET: variable(z.string().min(32).optional(), {
    description: 'Signs the links in mails. The same on every process; changing it voids old links.',
    allowed: 'at least 32 characters; `openssl rand -base64 48` makes some',
    unset: 'one is made and kept in the data folder',
    example: 'k3mQ…',
    secret: true,
  }),
  CUEBOOK_WEBHOOK_SECRET: variable(webhookSecrets, {
    description:
      'Signs the requests of `webhook` steps (Standard Webhooks), and is what their receivers check them with. The same on every worker.',
    allowed:
      'whsec_ and 24 to 64 bytes in base64; `echo whsec_$(openssl rand -base64 32)` makes one. While it changes, the new and the old one, divided by a comma: each request then has both signatures',
    unset:
      '`cuebook start` makes one and keeps it in the data folder; to `cuebook worker` requests wait until it is set',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    secret: true,
  }),
  CUEBOOK_WRITE_KEYS: variable(writeKeys, {
    description:
      'The keys with which events may be sent in, the source of each, and what it may say: `client` keys stand in pages and apps, `server` keys may say all.',
    allowed:
      'SOURCE:KEY:client or SOURCE:KEY:server, several divided by commas; without a scope a key is a server’s, without a source its source is `default`; a key has at least 16 characters and no colon, and is listed once; the source `cuebook` is taken',
    unset: 'one of each scope is made and kept in the data folder',
    example: 'shop:2VbG9…:server,web:9xTq1…:client',
    secret: true,
  }),
  CUEBOOK_API_TOKEN: variable(z.string().min(16).optional(), {
    description: 'The bearer token of the API, and of the web app that uses it.',
    allowed: 'at least 16 characters',
    unset: 'one is made and kept in the data folder',
    example: 'bW9yZ…',
    secret: true,
  }),
  CUEBOOK_PUBLIC_URL: variable(url(/^https?$/), {
    description: 'Where links in mails lead: the address under which people reach the servers.',
    allowed: 'a URL that begins with http:// or https://',
    unset: 'the address that this process serves at; `cuebook worker` needs it, or `--public-url`',
    example: 'https://cuebook.example',
  }),
  CUEBOOK_PLAYBOOKS: variable(z.string().default('playbooks'), {
    description: 'The folder of playbooks, or a git checkout that holds one.',
    allowed: 'the path of a folder',
    unset: '`playbooks` in the current folder',
    example: '/srv/playbooks',
  }),
  CUEBOOK_DATA_DIR: variable(z.string().default('.cuebook'), {
    description: 'Where embedded parts keep their data, and generated secrets are stored.',
    allowed: 'the path of a folder that may be written',
    unset: '`.cuebook` in the current folder',
    example: '/var/lib/cuebook',
  }),
  CUEBOOK_CACHE_DIR: variable(
    z.string().default(() => cacheFolder()),
    {
      description: 'Where downloaded or built programs are kept for all data folders.',
      allowed: 'the path of a folder that may be written',
      unset: '`$XDG_CACHE_HOME/cuebook`, else `~/.cache/cuebook`',
      example: '/var/cache/cuebook',
    },
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(url(/^https?$/), {
    description:
      'Where a worker sends the metrics of Temporal’s SDK, by OpenTelemetry’s protocol over HTTP. Those of Cuebook are at `/metrics`.',
    allowed: 'a URL that begins with http:// or https://',
    unset: 'none are sent',
    example: 'http://otel-collector:4318',
  }),
  LOG_LEVEL: variable(z.enum(LOG_LEVELS).default('info'), {
    description: 'How much is logged. `debug` also shows the stack of an unexpected error.',
    allowed: LOG_LEVELS.join(', '),
    unset: '`info`',
    example: 'warn',
  }),
});

export type Environment = z.output<typeof EnvironmentSchema>;
export type VariableName = keyof Environment;

export const VARIABLE_NAMES = Object.keys(EnvironmentSchema.shape) as VariableName[];

/** What is to be said of a variable. */
export function notesOf(name: VariableName): VariableNotes {
  return EnvironmentSchema.shape[name].meta() as unknown as VariableNotes;
}
