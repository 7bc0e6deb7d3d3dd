/** Tells operators of mails that the provider refuses: at once, and not once for each of thousands. */
import type { Logger } from 'pino';
import { complainer } from '../complainer.ts';
import { remedyOf } from './refusal-codes.ts';

export interface Refused {
  message: string;
  playbook: string;
  code: string;
  /** False where it waits, and is tried again. */
  permanent: boolean;
}

export function refusalLog(log: Logger): (refused: Refused) => void {
  const say = (text: string) =>
    complainer((refused, silenced) => {
      const { message, playbook, code } = refused as Refused;
      log.warn({ message, playbook, code, remedy: remedyOf(code), silenced }, text);
    });
  const waits = say('The mail server takes a message not now: it waits, and is tried again');
  const over = say('The mail server refuses a message for good');
  return (refused) => (refused.permanent ? over : waits)(refused);
}
