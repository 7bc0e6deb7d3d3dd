/** Tells operators of requests that another system does not take: at once, and not once for each of thousands. */
import type { Logger } from 'pino';
import { complainer } from '../complainer.ts';
import { requestRemedyOf } from './request-codes.ts';

export interface NotTaken {
  effect: string;
  playbook: string;
  /** A host, or an activity. */
  to: string;
  code: string;
  /** False where it waits, and is tried again. */
  permanent: boolean;
}

export function notTakenLog(log: Logger): (notTaken: NotTaken) => void {
  const say = (text: string) =>
    complainer((notTaken, silenced) => {
      const { effect, playbook, to, code } = notTaken as NotTaken;
      log.warn({ effect, playbook, to, code, remedy: requestRemedyOf(code), silenced }, text);
    });
  const waits = say('A request is not taken now: it waits, and is tried again');
  const over = say('A request is refused for good');
  return (notTaken) => (notTaken.permanent ? over : waits)(notTaken);
}
