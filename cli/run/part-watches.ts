/** Watches the parts that a process works with: for its log, `/readyz` and `/metrics`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mailer } from '../../activities/mail/transport.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type PartState, PartWatch, PROBE_WITHIN_MS, startProbe } from '../../worker/part-watch.ts';
import type { Logger } from '../report/log.ts';

const POSTGRESQL = {
  away: 'PostgreSQL does not answer: events are answered 503, the rest waits, and goes on by itself when it does',
  back: 'PostgreSQL answers again: the rest goes on',
};
const MAIL = {
  away: 'The mail server does not answer: messages wait, and are tried again',
  back: 'The mail server answers again',
};
/** What the mailer says of a server that it could not talk to; of other codes a reply is behind `smtp-…` and `auth`. */
const NO_ANSWER: ReadonlySet<string> = new Set(['connection', 'dns', 'timeout', 'tls', 'protocol']);
const REPLIED = /^(smtp-|auth$)/;

export interface PartWatches {
  /** Temporal is known once the worker has reached it. */
  temporal: PartWatch | undefined;
  states(): PartState[];
  /** Tells by what it hands over whether the mail server answers. */
  watching(mailer: Mailer): Mailer;
  stop(): Promise<void>;
}

export function watchParts(database: Database, log: Logger): PartWatches {
  const postgresql = new PartWatch('postgresql', POSTGRESQL, log);
  const probe = startProbe(postgresql, () => askPostgresql(database));
  let mail: PartWatch | undefined;
  return {
    temporal: undefined,
    states() {
      return [postgresql, this.temporal, mail].flatMap((watch) => (watch ? [watch.state] : []));
    },
    watching(mailer) {
      const watch = new PartWatch('mail', MAIL, log);
      mail = watch;
      return {
        ...mailer,
        async send(message) {
          const handover = await mailer.send(message);
          if (handover.status !== 'sent' && NO_ANSWER.has(handover.code)) watch.failed(handover.code);
          else if (handover.status === 'sent' || REPLIED.test(handover.code)) watch.answered();
          return handover;
        },
      };
    },
    stop: () => probe.stop(),
  };
}

async function askPostgresql(database: Database): Promise<void> {
  const stop = new AbortController();
  const late = sleep(PROBE_WITHIN_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer within ${PROBE_WITHIN_MS} ms`);
  });
  try {
    await Promise.race([database.pool.query('SELECT FROM clock'), late]);
  } finally {
    late.catch(() => undefined);
    stop.abort();
  }
}
