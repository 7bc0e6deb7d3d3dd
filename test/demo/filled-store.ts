/** A store in which a little has happened, written by hand. */

import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { Database } from '../../store/postgres/database.ts';

export async function fillStore(database: Database): Promise<void> {
  const { files } = await loadFolder('playbooks');
  const { versions, workspace } = compileWorkspace(files, registry);
  const { settings, people } = workspace;
  await deploy(database, { versions, surroundings: { settings, people }, listened: [] });
  const { pool } = database;
  await pool.query(
    `INSERT INTO contacts (id, traits, created_at, updated_at) VALUES
       ('ada', '{"name": "Ada <script>alert(1)</script>"}', now(), now()), ('ben', '{"name": "Ben"}', now(), now())`,
  );
  for (const [i, contact] of ['ada', 'ben', 'cleo'].entries()) {
    await pool.query(
      `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, evidence, trigger, status,
         reason, by_time, made_at) VALUES ($1, 'cart-abandoned', 'v', 'contact', $2, '', now(), 0, '{}', '{}', $3, $4, true, now())`,
      [`f${i}`, contact, i < 2 ? 'enrolled' : 'refused', i < 2 ? null : 'again'],
    );
    if (i === 2) continue;
    await pool.query(
      `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at, ghost,
         outcome, reason) VALUES ($1, $2, 'cart-abandoned', 'v', 'contact', $3, '', '{"value": 80}', now(), $4, $5, $6)`,
      [`e${i}`, `f${i}`, contact, i === 1, i === 0 ? 'converted' : null, i === 0 ? 'goal' : null],
    );
    await pool.query(
      `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, reason, began_at, at, done_at, detail)
         VALUES ($1, $2, 'steps.0', '', 'send', $3, $4, now(), now(), now(), $5)`,
      [
        `x${i}`,
        `e${i}`,
        i === 0 ? 'done' : 'refused',
        i === 0 ? null : 'holdout',
        { send: 'cart-reminder', to: contact },
      ],
    );
  }
  await pool.query(
    `INSERT INTO messages (id, effect_id, enrolment_id, playbook, channel, message_class, contact_id, status, at) VALUES
       ('x0', 'x0', 'e0', 'cart-abandoned', 'email', 'marketing', 'ada', 'sent', now())`,
  );
  await pool.query(
    `INSERT INTO tasks (id, enrolment_id, playbook, subject_type, subject_id, title, assignee, created_at, changed_at)
       VALUES ('t0', 'e0', 'cart-abandoned', 'contact', 'ada', 'Call Ada', 'kim', now(), now())`,
  );
  await pool.query(
    `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, at)
       VALUES ('o0', 'e0', 'cart-abandoned', 'v', 'finish', 'contact', 'ada', 'converted', '250', now() + interval '1 second')`,
  );
}
