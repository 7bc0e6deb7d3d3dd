/** An SMTP server that outlives the product, takes its time, and remembers every mail that it was given whole. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

export interface MailSink {
  url: string;
  /** Message-ID → how often it came whole, answered or not. */
  mails: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 500;

export interface SinkOptions {
  /** How long it takes to answer a mail: so that a kill finds some between handover and answer. */
  answerMs: number;
  /** Default: a free one. */
  port?: number;
}

export async function startSink({ answerMs, port = 0 }: SinkOptions): Promise<MailSink> {
  const mails = new Map<string, number>();
  const server = new SMTPServer({
    name: 'sink',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    onData(stream, _session, callback) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      stream.on('end', () => {
        const id = /^Message-ID:\s*(<[^>]+>)/im.exec(text)?.[1] ?? 'none';
        mails.set(id, (mails.get(id) ?? 0) + 1);
        void sleep(answerMs).then(() => callback(null));
      });
    },
  });
  // A client that was killed hangs up in the middle: that is what this is for.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const bound = (server.server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${bound}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
