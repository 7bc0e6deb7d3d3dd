/** Measures enrolments of a three-step playbook in one whole process of Cuebook, from its HTTP API on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Runtime, startRuntime } from '../../cli/run/runtime.ts';
import type { BenchContext } from './bench.ts';
import { deployFiles } from './deploy.ts';
import type { EnrolMeasures, EnrolSizes } from './enrolments.ts';
import { withDatabase } from './parts.ts';
import { openPoster, requestsOf, sendAll, type Target } from './requests.ts';
import { HTTP, SECRET, targetOf } from './server.ts';
import type { Call } from './traffic.ts';

const PLAYBOOK = `
playbook: three-steps
trigger: { event: bench.enrolled }
again: always
steps:
  - update: { contact.stage: worked }
  - task: Call {{ contact.name }}
    assign: kim
    due: 1d
  - record: worked
`;
const FILES = [
  { path: 'three-steps.yaml', text: PLAYBOOK },
  { path: 'people/kim.yaml', text: 'person: kim\nname: Kim\nemail: kim@example.com\n' },
];
const BATCH = 100;
const CONNECTIONS = 4;
const LOOK_AFTER_ONE_MS = 1;
const LOOK_AFTER_MANY_MS = 20;
const MAX_ROUND_MS = 300_000;

/** One round, in a process that has just started. */
export function measureProduct({ parts, log }: BenchContext, sizes: EnrolSizes): Promise<EnrolMeasures> {
  return withDatabase(parts, 'bench_enrol', async (database, databaseUrl) => {
    await deployFiles(database, FILES);
    const runtime = await startRuntime({
      databaseUrl,
      secret: SECRET,
      log,
      say: () => undefined,
      http: HTTP,
      evaluator: true,
      worker: { temporal: { address: parts.temporalAddress!, namespace: 'default' }, smtpUrl: parts.smtpUrl },
    });
    try {
      const product = new Product(runtime);
      await product.oneByOne('warm-up', sizes.warmUp);
      const { perSecond, firstActivityMs } = await product.oneByOne('one', sizes.oneByOne);
      return { oneByOne: perSecond, backlog: await product.backlog('many', sizes.backlog), firstActivityMs };
    } finally {
      await runtime.stop();
    }
  });
}

class Product {
  readonly #runtime: Runtime;
  readonly #target: Target;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#target = targetOf(runtime.http!.baseUrl);
  }

  /** One event; when its journey has ended, the next. */
  async oneByOne(label: string, count: number): Promise<{ perSecond: number; firstActivityMs: number[] }> {
    const contacts = await this.#contacts(label, count);
    const poster = openPoster(this.#target, 1);
    const firstActivityMs: number[] = [];
    const startMs = performance.now();
    try {
      for (const contact of contacts) {
        const sentAt = performance.timeOrigin + performance.now();
        await poster.post(requestsOf([enrolled(contact)], 1)[0]!);
        await this.#ended(contact, 1, LOOK_AFTER_ONE_MS);
        firstActivityMs.push((await this.#firstActivityAt(contact)) - sentAt);
      }
      return { perSecond: (count / (performance.now() - startMs)) * 1000, firstActivityMs };
    } finally {
      poster.close();
    }
  }

  /** All events within a second; enrolments a second from the first event to the last ending. */
  async backlog(label: string, count: number): Promise<number> {
    const contacts = await this.#contacts(label, count);
    const requests = requestsOf(contacts.map(enrolled), BATCH);
    const startMs = performance.now();
    await sendAll(this.#target, requests, CONNECTIONS);
    await this.#ended(`${label}-%`, count, LOOK_AFTER_MANY_MS);
    return (count / (performance.now() - startMs)) * 1000;
  }

  /** Contacts that are known, and of which nothing is left to be done. */
  async #contacts(label: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, n) => `${label}-${n}`);
    const identify = ids.map((userId) => ({
      type: 'identify',
      messageId: `who-${userId}`,
      userId,
      traits: { name: userId },
    }));
    await sendAll(this.#target, requestsOf(identify, BATCH), CONNECTIONS);
    await this.#runtime.evaluator!.idle();
    return ids;
  }

  async #ended(contacts: string, count: number, everyMs: number): Promise<void> {
    const giveUpAt = performance.now() + MAX_ROUND_MS;
    for (;;) {
      const { rows } = await this.#runtime.database.pool.query<{ ended: number }>(
        'SELECT count(*) AS ended FROM enrolments WHERE subject_id LIKE $1 AND outcome IS NOT NULL',
        [contacts],
      );
      const { ended } = rows[0]!;
      if (ended === count) return;
      if (performance.now() > giveUpAt) throw new Error(`${ended} of ${count} journeys ended in ${MAX_ROUND_MS} ms.`);
      await sleep(everyMs);
    }
  }

  /** The instant that the first step read under its locks: milliseconds since the epoch, by this machine's one clock. */
  async #firstActivityAt(contact: string): Promise<number> {
    const { rows } = await this.#runtime.database.pool.query<{ at: number }>(
      `SELECT f.done_at AS at FROM enrolments e JOIN effects f ON f.enrolment_id = e.id
        WHERE e.subject_type = 'contact' AND e.subject_id = $1 AND f.path = 'steps.0'`,
      [contact],
    );
    return rows[0]!.at;
  }
}

function enrolled(contact: string): Call {
  return { type: 'track', event: 'bench.enrolled', messageId: `enrol-${contact}`, userId: contact };
}
