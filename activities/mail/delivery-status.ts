/** Asks the embedded mailbox whether it has taken a mail: so a mail is not sent twice (P4). */
import { createHash } from 'node:crypto';

export type DeliveryStatus = 'taken' | 'not-taken' | 'cannot-ask';

export interface DeliveryStatusOptions {
  /** Where the mailbox's pages are: `http://127.0.0.1:3000`. */
  baseUrl: string;
  /** `<…@…>`, as the mail was sent. */
  messageId: string;
  timeoutMs: number;
}

/** The name of a mail in the mailbox: no part of a mail is ever part of an address there. */
export function mailboxIdOf(messageId: string): string {
  return createHash('sha256').update(messageId).digest('hex').slice(0, 32);
}

/** Never rejects. `cannot-ask` is also the answer of a mailbox that no longer remembers so far back. */
export async function readDeliveryStatus(options: DeliveryStatusOptions): Promise<DeliveryStatus> {
  try {
    const url = new URL(`/mailbox/api/taken/${mailboxIdOf(options.messageId)}`, options.baseUrl);
    const response = await fetch(url, { signal: AbortSignal.timeout(options.timeoutMs), redirect: 'error' });
    if (response.status !== 200) {
      await response.body?.cancel();
      return 'cannot-ask';
    }
    const { taken } = (await response.json()) as { taken?: unknown };
    return taken === 'taken' || taken === 'not-taken' ? taken : 'cannot-ask';
  } catch {
    // No mailbox there, or no answer in time.
    return 'cannot-ask';
  }
}
