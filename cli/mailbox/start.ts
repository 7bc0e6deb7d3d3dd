/** Boots the embedded mailbox. */
import { Mailbox } from './mailbox.ts';
import { serveSmtp } from './smtp.ts';

export { mailboxPages } from './pages.ts';
export type { Mailbox };

export interface StartMailboxOptions {
  /** Where mails are kept; made where there is none. */
  dir: string;
  /** 0 takes any free port. */
  smtpPort: number;
  /** `127.0.0.1`, `::1` or `localhost`. */
  host: string;
  /** Mails that are kept; 5,000 when left out. */
  most?: number;
}

export interface StartedMailbox {
  smtpUrl: string;
  mailbox: Mailbox;
  close(): Promise<void>;
}

/** Opens the folder and listens. Rejects where either cannot be done, with a sentence that says which. */
export async function startMailbox(options: StartMailboxOptions): Promise<StartedMailbox> {
  const { dir, most } = options;
  const mailbox = await Mailbox.open({ dir, ...(most === undefined ? {} : { most }) });
  const { smtpUrl, close } = await serveSmtp(mailbox, options.host, options.smtpPort);
  return { smtpUrl, mailbox, close };
}
