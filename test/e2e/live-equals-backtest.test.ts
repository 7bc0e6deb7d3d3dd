/**
 * E5, V4: events that come in any order, none later than is let in, end in the firings that a backtest of the stored events
 * gives; but for what E5 names: what was taken back is marked, and what moved stands for what it moved to.
 */
import { describe, expect, it } from 'vitest';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { dialect } from '../../simulate/dialect.ts';
import { startEvaluation } from '../support/evaluation.ts';
import { EVERY_CONDITION, everyHistory, type Sent } from './every-condition.ts';
import { historyOf } from './histories.ts';
import { backtested, compared, livedFirings, playInto, shuffled } from './shuffled.ts';

const HOUR = 3_600_000;
const { files } = await loadFolder('playbooks');
const surroundings = files.filter((file) => file.path.includes('/') || file.path === 'settings.yaml');
const SEEDS = (process.env.SEEDS ?? '1,2,3').split(',').map(Number);

/** Plays it, and says what differs; the seed stands in the test's name. */
async function difference(seed: number, own: WorkspaceFile[], history: readonly Sent[], until?: number) {
  const sent = shuffled(history, seed, 71 * HOUR, 0.4);
  const last = Math.max(...sent.map((one) => one.sentAt), ...sent.map((one) => one.at));
  // No deadline falls on it.
  const end = Math.max(last + 30 * HOUR, until ?? 0) + 4_321;
  const evaluation = await startEvaluation(new Date(history[0]!.at - 1).toISOString(), own);
  try {
    await playInto(evaluation, sent, seed, end);
    const live = await livedFirings(evaluation);
    const tested = await backtested(evaluation, [...surroundings, ...own], end);
    if (process.env.DUMP) {
      const { rows } = await evaluation.database.pool.query(`SELECT playbook, subject_id, key, at, evidence, status, reason, undone_by, moved FROM firings WHERE playbook = ANY($1) ORDER BY 1,2,3,4`, [process.env.DUMP.split(',')]);
      for (const r of rows) console.log(r.playbook, r.subject_id, r.key, new Date(r.at).toISOString(), r.evidence.join(), r.status, r.reason, r.undone_by, r.moved);
      for (const t of tested) if (process.env.DUMP.split(',').includes(t.who.split(' ')[0]!)) console.log('BT', t.who, t.at, t.evidence);
      const ev = await evaluation.database.pool.query(`SELECT arrival, kind, name, at, received_at, contact_id, ticket_id, properties, patches, (SELECT message_id FROM event_keys k WHERE k.arrival = e.arrival) AS m FROM events e ORDER BY at`);
      for (const r of ev.rows) console.log('EV', r.m, r.name, new Date(r.at).toISOString(), 'recv', new Date(r.received_at).toISOString(), r.contact_id ?? r.ticket_id, JSON.stringify(r.properties), JSON.stringify(r.patches?.[0]?.traits));
    }
    return { ...compared(live, tested), playbooks: new Set(tested.map(({ who }) => who.split(' ')[0]!)) };
  } finally {
    await evaluation.close();
  }
}

describe('shuffled events fire what a backtest of them fires', () => {
  for (const seed of SEEDS) {
    it(`every condition, seed ${seed}`, { timeout: 120_000 }, async () => {
      const start = Date.parse('2026-03-02T06:00:00Z');
      const { more, missing, playbooks } = await difference(seed, EVERY_CONDITION, everyHistory(seed, start));
      expect({ more, missing }).toEqual({ more: [], missing: [] });
      console.info(`seed ${seed}: ${[...playbooks].sort().join(' ')} fired`);
    });
  }
});
