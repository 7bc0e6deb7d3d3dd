/**
 * Every step, every gate, every ending and every way to go on after a failure, once on the real Temporal server. A new kind
 * that no playbook here has makes this test fail.
 */
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { steps } from '../../steps/steps.ts';
import { playedEveryPath } from './played-every-path.ts';

/** By the file of each gate what it says of a message that it does not let pass; null: it holds nothing back by itself. */
const GATES: { [file: string]: string | null } = {
  'at-entry.ts': null,
  'consent.ts': 'refused: consent',
  'frequency-cap.ts': 'refused: cap',
  'gate.ts': null,
  'pass-gates.ts': null,
  'quiet-hours.ts': 'quiet_hours',
  'recipient-zone.ts': null,
  'send-window.ts': 'send_window',
  'suppression.ts': 'refused: suppressed',
  'usefulness.ts': 'refused: not_useful',
};
const ENDINGS = [
  'cancelled: merged',
  'completed: enough',
  'completed: steps',
  'converted: goal',
  'exited: exit',
  'failed',
];

it('every path runs on the real Temporal server', { timeout: 300_000 }, async () => {
  const gates = (await readdir(new URL('../../steps/gates/', import.meta.url))).sort();
  expect(Object.keys(GATES)).toEqual(gates);
  await using played = await playedEveryPath();
  const { system, versions } = played;
  const rows = async <T extends object>(sql: string) => (await system.database.pool.query<T>(sql)).rows;

  const ran = await rows<{ playbook: string; path: string }>(
    'SELECT DISTINCT e.playbook, a.path FROM step_answers a JOIN enrolments e ON e.id = a.enrolment_id',
  );
  const kindOf = new Map(
    versions.flatMap(({ playbook: { playbook, steps: all } }) =>
      Object.entries(all).map(([path, { kind }]) => [`${playbook} ${path}`, kind] as const),
    ),
  );
  const kinds = new Set(ran.map(({ playbook, path }) => kindOf.get(`${playbook} ${path}`)));
  const missing = steps.map(({ kind }) => kind).filter((kind) => !kinds.has(kind));
  expect(missing, 'steps that no playbook of every-path.ts has run').toEqual([]);

  const told = await rows<{ verdict: string; looked: object }>('SELECT DISTINCT verdict, looked FROM decisions');
  const texts = told.map(({ verdict, looked }) => `${verdict} ${JSON.stringify(looked)}`);
  const silent = Object.values(GATES).filter((said) => said !== null && !texts.some((text) => text.includes(said)));
  expect(silent, texts.filter((text) => /^(refused|wait)/.test(text)).join('\n')).toEqual([]);

  const ended = await rows<{ outcome: string; reason: string }>(
    'SELECT DISTINCT outcome, reason FROM enrolments ORDER BY outcome, reason',
  );
  const endings = new Set(
    ended.map(({ outcome, reason }) => (outcome === 'failed' ? outcome : `${outcome}: ${reason}`)),
  );
  expect([...endings].sort()).toEqual(ENDINGS);

  const recorded = new Set(
    (await rows<{ name: string }>('SELECT DISTINCT name FROM outcomes')).map(({ name }) => name),
  );
  // What `on_error` leads to, what comes of answers and of silence, and the steps behind an ending.
  const after = [
    'called',
    'skipped',
    'instead',
    'approved',
    'not approved',
    'not called',
    'booked',
    'not booked',
    'thanked',
    'left',
  ];
  expect(after.filter((name) => !recorded.has(name))).toEqual([]);
});
