/** A store with a deployed playbook, and journeys of it at every place; its rows are written as the engine writes them. */
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import type { Database } from '../../store/postgres/database.ts';

export const PLAYBOOK = `
playbook: nudge
description: Somebody who looked and did not buy is reminded, and helped where that was much.
owner: kim@shop.example
trigger: { event: cart.updated, where: event.value >= 20 }
audience: contact.country != "XX" && !in_segment("big") && contact.looks < 1000
again: after 7d
goal: { event: order.completed, within: 7d, value: event.total }
steps:
  - id: first
    send: email
    template: nudge
    class: transactional
  - wait: 1d
  - if: trigger.value > 200
    then:
      - task: Call {{ contact.name }}
        assign: kim
        due: 1d
    else:
      - record: small
  - approve: kim
    text: Give {{ contact.name }} a voucher?
    within: 2d
    then:
      - record: given
    else:
      - record: kept
`;

export const FILES = [
  { path: 'nudge.yaml', text: PLAYBOOK },
  {
    path: 'templates/nudge.txt',
    text: '---\nsubject: You left something, {{ contact.name }}\n---\nHello {{ contact.name }}.\n',
  },
  { path: 'people/kim.yaml', text: 'person: kim\nname: Kim\nemail: kim@shop.example\n' },
  { path: 'people/max.yaml', text: 'person: max\nname: Max\n' },
  { path: 'settings.yaml', text: 'time_zone: Europe/Berlin\nsender: { name: Shop, from: hello@shop.example }\n' },
  {
    path: 'traits/looks.yaml',
    text: 'subject: contact\ntraits:\n  looks: { count: true, event: cart.updated, over: 30d }\n',
  },
  { path: 'segments/big.yaml', text: 'subject: contact\nsegments:\n  big: contact.spent > 100\n' },
];

/** Deploys the playbook. @returns its version */
export async function deployed(database: Database): Promise<PlaybookVersion> {
  const { versions, workspace, diagnostics } = compileWorkspace(FILES, registry);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  const { settings, people } = workspace;
  await deploy(database, { versions, surroundings: { settings, people }, listened: [] });
  return versions[0]!;
}

interface Journey {
  name: string;
  /** Path, command and answer of each step, in their order; an hour apart. */
  answers?: [path: string, command: string, answer: object, context?: object][];
  ended?: { outcome: string; reason: string | null };
  ghost?: boolean;
  /** Of the conversion. */
  value?: number;
}

const NEXT = { go: 'next' };
const SLEEP = { go: 'sleep', until: null, then: 'next' };
const SENT: NonNullable<Journey['answers']>[number] = ['steps.0', 'do', NEXT, { status: 'sent' }];

/** Nine that entered: two under way, one held out, and six that ended. */
export const JOURNEYS: Journey[] = [
  { name: 'ada', answers: [SENT, ['steps.1', 'pause', SLEEP]] },
  { name: 'ben', answers: [SENT], ended: { outcome: 'converted', reason: 'order.completed' }, value: 80.5 },
  {
    name: 'cy',
    answers: [
      SENT,
      ['steps.1', 'pause', NEXT],
      ['steps.2', 'choose', { go: 'arm', arm: 1 }],
      ['steps.2.else.0', 'do', NEXT],
      ['steps.3', 'do', SLEEP],
      ['steps.3', 'look', { go: 'arm', arm: 0 }, { answer: 'given', by: 'kim' }],
      ['steps.3.then.0', 'do', NEXT],
      ['end', 'finish', { go: 'ended', outcome: 'completed' }],
    ],
    ended: { outcome: 'completed', reason: null },
  },
  { name: 'dia', ghost: true, ended: { outcome: 'completed', reason: null } },
  { name: 'eve', answers: [], ended: { outcome: 'failed', reason: 'smtp-550' } },
  {
    name: 'fay',
    answers: [
      SENT,
      ['steps.1', 'pause', NEXT],
      ['steps.2', 'choose', { go: 'arm', arm: 0 }],
      ['steps.2.then.0', 'do', NEXT],
      ['steps.3', 'do', SLEEP],
    ],
  },
  { name: 'gus', answers: [SENT], ended: { outcome: 'exited', reason: 'contact.deleted' } },
  { name: 'hal', answers: [SENT], ended: { outcome: 'exited', reason: 'contact.deleted' } },
  { name: 'ida', answers: [SENT], ended: { outcome: 'exited', reason: 'undone' } },
];

const HOUR_MS = 3_600_000;

/** All entered in the last minutes; of one journey each answer lies a second after the other. */
export async function fill(database: Database): Promise<PlaybookVersion> {
  const version = await deployed(database);
  const { pool } = database;
  const now = Date.now();
  for (const [n, { name, answers = [], ended, ghost = false, value }] of JOURNEYS.entries()) {
    const id = `e-${name}`;
    const start = now - (JOURNEYS.length - n) * 60_000;
    const at = (step: number) => new Date(start + step * 1_000);
    await pool.query(`INSERT INTO contacts (id, traits, email, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)`, [
      name,
      { name: `${name[0]!.toUpperCase()}${name.slice(1)}`, email: `${name}@example.com` },
      `${name}@example.com`,
      at(0),
    ]);
    await pool.query(
      `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, evidence, trigger, status, by_time, made_at)
       VALUES ($1, 'nudge', $2, 'contact', $3, '', $4, 0, '{}', '{"value": 80}', 'enrolled', false, $4)`,
      [id, version.hash, name, at(0)],
    );
    await pool.query(
      `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at,
         ghost, outcome, reason, ended_at, next_at)
       VALUES ($1, $1, 'nudge', $2, 'contact', $3, '', '{"value": 80}', $4, $5, $6, $7, $8, $9)`,
      [
        id,
        version.hash,
        name,
        at(0),
        ghost,
        ended?.outcome ?? null,
        ended?.reason ?? null,
        ended ? at(30) : null,
        ended ? null : new Date(now + HOUR_MS),
      ],
    );
    for (const [step, [path, command, answer, context]] of answers.entries()) {
      await pool.query(
        `INSERT INTO step_answers (enrolment_id, path, iteration, command, answer, step_id, context, at)
         VALUES ($1, $2, '', $3, $4, NULL, $5, $6)`,
        [id, path, command, answer, context ?? null, at(step + 1)],
      );
    }
    if (answers[0] === SENT || name === 'eve') await insertMail(pool, { id, name, at: at(1), isSent: name !== 'eve' });
    if (ended) {
      await pool.query(
        `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, ghost, at)
         VALUES ($1, $1, 'nudge', $2, $3, 'contact', $4, $5, $6, $7, $8)`,
        [id, version.hash, value === undefined ? 'finish' : 'goal', name, ended.outcome, value ?? null, ghost, at(30)],
      );
    }
  }
  await fillAsked(pool, new Date(now - 90_000), new Date(now + HOUR_MS));
  for (const [n, reason] of ['audience', 'audience', 'again'].entries()) {
    await pool.query(
      `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, evidence, trigger, status, reason, by_time, made_at)
       VALUES ($1, 'nudge', $2, 'contact', 'ada', '', $3, 0, '{}', '{}', 'refused', $4, false, $3)`,
      [`refused-${n}`, version.hash, new Date(now - n), reason],
    );
  }
  return version;
}

type Pool = Database['pool'];

async function insertMail(
  pool: Pool,
  { id, name, at, isSent }: { id: string; name: string; at: Date; isSent: boolean },
) {
  const status = isSent ? 'done' : 'failed';
  await pool.query(
    `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, reason, began_at, at, done_at, detail)
     VALUES ($1, $2, 'steps.0', '', 'send', $3, $4, $5, $5, $5, $6)`,
    [`m-${name}`, id, status, isSent ? null : 'smtp-550', at, { send: 'nudge', to: name }],
  );
  await pool.query(
    `INSERT INTO messages (id, effect_id, enrolment_id, playbook, channel, message_class, template, contact_id, status, at, sent_at, error)
     VALUES ($1, $1, $2, 'nudge', 'email', 'transactional', 'nudge', $3, $4, $5, $6, $7)`,
    [`m-${name}`, id, name, isSent ? 'sent' : 'failed', at, isSent ? at : null, isSent ? null : 'smtp-550'],
  );
}

/** Fay's task, and the approval for which she waits. */
async function fillAsked(pool: Pool, at: Date, until: Date): Promise<void> {
  const effect = (id: string, path: string, kind: string, detail: object) =>
    pool.query(
      `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at, detail)
       VALUES ($1, 'e-fay', $2, '', $3, 'done', $4, $4, $4, $5)`,
      [id, path, kind, at, detail],
    );
  await effect('t-fay', 'steps.2.then.0', 'task', { task: 'Call Fay', assign: 'kim' });
  await effect('a-fay', 'steps.3', 'approve', { approve: 'kim', text: 'Give Fay a voucher?' });
  await pool.query(
    `INSERT INTO tasks (id, enrolment_id, effect_id, playbook, subject_type, subject_id, title, assignee, due_at, created_at, changed_at)
     VALUES ('t-fay', 'e-fay', 't-fay', 'nudge', 'contact', 'fay', 'Call Fay', 'kim', $1, $1, $1)`,
    [at],
  );
  await pool.query(
    `INSERT INTO subscriptions (enrolment_id, path, iteration, subject_type, subject_id, since, until)
     VALUES ('e-fay', 'steps.3', '', 'contact', 'fay', $1, $2)`,
    [at, until],
  );
}
