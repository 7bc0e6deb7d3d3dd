/** The result of handing a mail to a provider; only codes, never a provider's words or an address. */

export type Handover =
  /** The provider has taken it. `response` is its reply code: `smtp-250`. */
  | { status: 'sent'; response: string }
  /**
   * It has not taken it, for certain. `permanent`: nor will it take this mail later. `recipient`: because of whom it is
   * for, not because of what it is or who sends it.
   */
  | { status: 'refused'; permanent: boolean; recipient?: true; code: string }
  /** The whole mail was on its way when the answer was lost (P4). */
  | { status: 'unknown'; code: string };

/** The fields of nodemailer's errors that are read. */
export interface SmtpFailure {
  code?: string;
  originalCode?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** Replies about the sender's account or connection, not about this mail. */
const ABOUT_THE_ACCOUNT: ReadonlySet<number> = new Set([503, 530, 534, 535, 538]);

const CODES: Readonly<Record<string, string>> = {
  EDNS: 'dns',
  ETIMEDOUT: 'timeout',
  EABORT: 'timeout',
  ETLS: 'tls',
  EAUTH: 'auth',
  ENOAUTH: 'auth',
  ESOCKET: 'connection',
  ECONNECTION: 'connection',
  EPROTOCOL: 'protocol',
  ESTREAM: 'not-sent',
};

/**
 * What a failure means.
 *
 * @param sentWhole the mail's last byte was given to the connection: after that a silence proves nothing
 */
export function judge(failure: SmtpFailure, sentWhole: boolean): Handover {
  const reply = failure.responseCode;
  if (reply !== undefined && reply >= 400) {
    const aboutMail = failure.command === 'MAIL FROM' || failure.command === 'RCPT TO' || failure.command === 'DATA';
    const permanent = aboutMail && reply >= 500 && !ABOUT_THE_ACCOUNT.has(reply);
    const recipient = permanent && failure.command === 'RCPT TO' && { recipient: true as const };
    return { status: 'refused', permanent, ...recipient, code: replyCode(failure, reply) };
  }
  if (sentWhole) return { status: 'unknown', code: CODES[failure.code ?? ''] ?? 'lost' };
  // The mail itself cannot be sent to this server: longer than it takes, or an address that it cannot express.
  const permanent = failure.code === 'EMESSAGE' || (failure.code === 'EENVELOPE' && failure.command === 'API');
  if (permanent) {
    return { status: 'refused', permanent, code: failure.code === 'EMESSAGE' ? 'too-large' : 'bad-envelope' };
  }
  return { status: 'refused', permanent: false, code: CODES[failure.code ?? ''] ?? 'failed' };
}

/** `smtp-550-5.1.1`: reply code, and the enhanced one (RFC 3463) where the server gave it. */
function replyCode(failure: SmtpFailure, reply: number): string {
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(failure.response ?? '')?.[1];
  return enhanced === undefined ? `smtp-${reply}` : `smtp-${reply}-${enhanced}`;
}
