/** The mailbox's SMTP server. It answers 250 when a mail is on the disk, not before. */
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer } from 'smtp-server';
import { isLoopback } from '../../activities/mail/smtp-url.ts';
import type { Mailbox } from './mailbox.ts';

export interface MailboxServer {
  /** What `SMTP_URL` would say. */
  smtpUrl: string;
  close(): Promise<void>;
}

const MAX_MAIL_BYTES = 5 * 1024 * 1024;
/** Times the size of a mail: what all connections together may hold in memory. */
const MAX_CLIENTS = 50;
const IDLE_MS = 60_000;

/** Listens on this machine alone. Rejects where `host` is another address, or the port is taken. */
export async function serveSmtp(mailbox: Mailbox, host: string, port: number): Promise<MailboxServer> {
  if (!isLoopback(host)) {
    throw new Error(
      `the mailbox listens on this machine only; "${host}" is another address, allowed are 127.0.0.1, ::1, localhost`,
    );
  }
  const server = new SMTPServer({
    name: 'mailbox',
    banner: 'Cuebook mailbox',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: MAX_MAIL_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: 2_000,
    onData(stream, _session, callback) {
      takeIn(stream, mailbox).then((failure) => callback(failure), callback);
    },
  });
  // A client that goes away in the middle is an everyday thing; its mail was never answered for.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const bound = (server.server.address() as AddressInfo).port;
  return {
    smtpUrl: `smtp://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function takeIn(stream: Readable & { sizeExceeded?: boolean }, mailbox: Mailbox): Promise<Error | null> {
  const chunks: Buffer[] = [];
  // Past the limit the rest is read and forgotten, so that the client hears the answer.
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) return reply(552, `a mail may have ${MAX_MAIL_BYTES} bytes`);
  try {
    await mailbox.keep(Buffer.concat(chunks));
    return null;
  } catch {
    return reply(451, 'the mailbox could not write to its folder');
  }
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
