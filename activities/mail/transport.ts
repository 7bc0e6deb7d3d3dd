/** Hands mails to a provider by SMTP, over a few connections that are kept open. */
import nodemailer from 'nodemailer';
import { compose } from './compose.ts';
import { type Handover, judge, type SmtpFailure } from './handover.ts';
import { type CheckedMail, checkMail, type Mail } from './mail.ts';
import { type Progress, watchProgress } from './progress.ts';
import { parseSmtpUrl } from './smtp-url.ts';

export interface MailerOptions {
  /** `smtp://…` or `smtps://…`. */
  url: string;
  /** Bound of one handover from call to answer, connecting included. The lease of P4 is longer. */
  timeoutMs: number;
  /** Connections at once; 5 when left out. */
  connections?: number;
}

export interface Mailer {
  /** Never rejects: what happened is in the answer. */
  send(mail: Mail): Promise<Handover>;
  /** Connects, and logs in where the URL has a user; answers undefined, or the code of what failed. */
  verify(): Promise<string | undefined>;
  /** Ends connections; what is being handed over is answered first. */
  close(): Promise<void>;
}

type MailOptions = Parameters<ReturnType<typeof nodemailer.createTransport>['sendMail']>[0];

/** Mails that wait for a connection or are on one. One more is refused as `busy`, and tried again later. */
const MAX_IN_FLIGHT = 500;
/** Servers count the mails of a connection; a fresh one now and then is polite. */
const MAILS_PER_CONNECTION = 100;

/** Throws an Error where the URL is not one. */
export function openMailer(options: MailerOptions): Mailer {
  const server = parseSmtpUrl(options.url);
  const { timeoutMs } = options;
  const transport = nodemailer.createTransport({
    pool: true,
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    ...(server.auth ? { auth: server.auth } : {}),
    maxConnections: options.connections ?? 5,
    maxMessages: MAILS_PER_CONNECTION,
    // A connection that the server closed while it was idle is replaced once, before a byte of the mail was sent.
    maxRequeues: 1,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Neither files nor URLs are ever read for a mail's content.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
  watchProgress(transport);
  const inFlight = new Set<Promise<Handover>>();
  let closed = false;

  async function handOver(mail: CheckedMail): Promise<Handover> {
    const deadline = new AbortController();
    // Takes the mail out of the queue, or ends its connection: what was not sent whole by then never will be.
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    const progress: Progress = { sentWhole: false };
    try {
      const sent = await transport.sendMail({ ...compose(mail), signal: deadline.signal, progress } as MailOptions);
      return { status: 'sent', response: `smtp-${/^\d{3}/.exec(sent.response)?.[0] ?? '250'}` };
    } catch (error) {
      return judge(error as SmtpFailure, progress.sentWhole);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async send(mail) {
      const checked = checkMail(mail);
      if ('fault' in checked) return { status: 'refused', permanent: true, code: checked.fault };
      if (closed) return { status: 'refused', permanent: false, code: 'closed' };
      if (inFlight.size >= MAX_IN_FLIGHT) return { status: 'refused', permanent: false, code: 'busy' };
      const handover = handOver(checked);
      inFlight.add(handover);
      try {
        return await handover;
      } finally {
        inFlight.delete(handover);
      }
    },
    async verify() {
      try {
        await transport.verify();
        return undefined;
      } catch (error) {
        const failure = judge(error as SmtpFailure, false);
        return failure.status === 'refused' ? failure.code : 'failed';
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(inFlight);
      transport.close();
    },
  };
}
