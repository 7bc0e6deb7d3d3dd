/** What if the process dies on this line? Asked of every statement that an activity sends, before it and behind it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryStatus } from '../../activities/mail/delivery-status.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
const PLAYBOOK = `
playbook: p
subject: ticket
trigger: { event: cart.updated }
goal: { event: order.completed, within: 7d }
steps:
  - task: Call {{ contact.name }}
    assign: contact.owner
  - update: { contact.points: { add: 5 } }
  - id: mail
    send: email
    template: hello
    class: marketing
  - assign: owner
    by: round_robin
    among: team:sales
  - escalate: ticket
    priority: raise
    notify: [kim, lena]
    note: About {{ ticket.id }}
  - run: p
`;
const hello = { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello\n' };

/** An embedded mailbox: it knows what it has taken. */
const ask = async (mailId: string): Promise<DeliveryStatus> =>
  stage.mails.some((mail) => mail.includes(`Message-ID: ${mailId}`)) ? 'taken' : 'not-taken';

beforeAll(async () => {
  const settings = { caps: {}, quietHours: { startMinute: 0, endMinute: 0 }, globalHoldoutPercent: 0 };
  stage = await startStage([hello, { path: 'p.yaml', text: PLAYBOOK }], { settings, ask });
});
afterAll(() => stage.close());

/** A process that dies at its n-th statement: before PostgreSQL gets it, or when it was carried out and nobody hears. */
function dyingAt(
  database: Database,
  n: number,
  when: 'before' | 'behind',
): { database: Database; died: () => boolean } {
  let count = 0;
  let dead = false;
  const carryOut = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error('dead');
    count += 1;
    if (count !== n) return work();
    // Rolled back or committed: nobody is left to hear which.
    if (when === 'behind') await work().catch(() => undefined);
    dead = true;
    throw new Error('died');
  };
  const dying = <C extends object>(client: C): C =>
    new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name !== 'query') return value.bind(target);
        return (...args: unknown[]) => carryOut(() => value.apply(target, args));
      },
    });
  return {
    died: () => dead,
    database: {
      ...database,
      pool: dying(database.pool),
      // The commit is a statement, too.
      transaction: (work, options) =>
        when === 'behind'
          ? carryOut(() => database.transaction((client, commit) => work(dying(client), commit), options))
          : database.transaction(async (client, commit) => {
              let committed = false;
              const result = await work(dying(client), (last) => {
                committed = true;
                // Those that died with the process are nobody's to hear.
                last.catch(() => undefined);
                return carryOut(() => commit(last));
              });
              if (!committed) await carryOut(async () => undefined);
              return result;
            }, options),
    },
  };
}

let people = 0;
const STEPS = [
  { path: 'steps.0', leaves: false },
  { path: 'steps.1', leaves: false },
  { path: 'steps.2', leaves: true },
  { path: 'steps.3', leaves: false },
  { path: 'steps.4', leaves: true },
  { path: 'steps.5', leaves: false },
] as const;

/** What is left of one person's step: everything that the world could see of it, counted. */
async function traceOf(id: string, contact: string) {
  const [trace] = await stage.rows(
    `SELECT (SELECT json_agg(json_build_array(e.kind, e.status)) FROM effects e WHERE e.enrolment_id = $1) AS effects,
            (SELECT count(*)::int FROM tasks WHERE enrolment_id = $1) AS tasks,
            (SELECT json_agg(m.status ORDER BY m.id) FROM messages m WHERE m.enrolment_id = $1) AS messages,
            (SELECT count(*)::int FROM step_answers WHERE enrolment_id = $1) AS answers,
            (SELECT json_agg(e.name ORDER BY e.name) FROM events e WHERE e.properties->>'enrolment' = $1) AS events,
            (SELECT coalesce(sum(times), 0) FROM turns)
              - (SELECT count(*) FROM effects WHERE kind = 'assign') AS turns_too_many,
            (SELECT traits->'points' FROM contacts WHERE id = $2) AS points,
            (SELECT traits->'priority' FROM tickets WHERE id = $2) AS priority,
            (SELECT count(*)::int FROM decisions WHERE enrolment_id = $1) > 0 AS decided`,
    [id, contact],
  );
  const mails = stage.mails.filter((mail) => mail.includes(contact));
  return { ...trace, mails: mails.length };
}

async function enrolSomebody(): Promise<{ id: string; contact: string }> {
  // Of one length: none is part of another.
  const contact = `person${1000 + ++people}`;
  await stage.record('contact', contact, {
    email: `${contact}@example.com`,
    name: 'Ada',
    owner: 'kim',
    points: 1,
    consent: { marketing: true },
  });
  await stage.record('ticket', contact, { contactId: contact, priority: 'normal', status: 'open' });
  return { id: await stage.enrol('p', { subject: { type: 'ticket', id: contact } }), contact };
}

describe('a crash at any statement leaves nothing half done and nothing done twice', () => {
  for (const { path, leaves } of STEPS) {
    for (const when of ['before', 'behind'] as const) {
      it(`${path}, ${when} each`, { timeout: 120_000 }, async () => {
        const whole = await enrolSomebody();
        const command = { name: 'do', path, leaves } as const;
        const answer = await stage.ask(whole.id, command);
        const expected = await traceOf(whole.id, whole.contact);
        let crashes = 0;
        for (let n = 1; n < 200; n++) {
          const { id, contact } = await enrolSomebody();
          const process = dyingAt(stage.database, n, when);
          const asked = stage.others({ database: process.database, ask }).ask(id, command);
          await asked.catch((error: Error) => expect(error.message).toMatch(/died|dead/));
          if (!process.died()) break;
          crashes += 1;
          await stage.rows(
            `UPDATE effects SET lease_until = clock_timestamp() - interval '1 second' WHERE status = 'claimed'`,
          );
          expect(await stage.ask(id, command), `after statement ${n}`).toEqual(answer);
          expect(await traceOf(id, contact), `after statement ${n}`).toEqual(expected);
        }
        expect(crashes).toBeGreaterThan(15);
      });
    }
  }
});
