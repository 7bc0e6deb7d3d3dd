import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFiles } from '../../cli/backtest/read-files.ts';
import type { PlaybookVersion, SubjectType } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunLine } from '../../simulate/run/types.ts';
import { mergePatches } from '../../store/records/records.ts';
import { AWAITED_OWNER, TRAIT_OWNER_PREFIX } from '../../triggers/index/owners.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { livedLines, shown } from '../support/lines.ts';
import { nextDue } from '../support/next-due.ts';
import { type System, startSystem } from '../support/system.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { type Call, type History, historyOf, instantOf } from './histories.ts';
import { playedWorkspace } from './played.ts';

const { versions, tests, workspace } = await playedWorkspace();
const surroundings = { settings: workspace.settings, people: workspace.people };
describe('a playbook means the same in the live system and in virtual time', () => {
  for (const version of versions) {
    const name = version.playbook.playbook;
    const history = historyOf(tests.get(name) ?? []);
    it(`${name}: the same firings, effects and instants`, { timeout: 180_000 }, async () => {
      const events = await readAsFile(history.calls);
      const virtual: RunLine[] = [];
      run(
        {
          versions: [version],
          ...surroundings,
          records: history.records,
          events,
          claims: events.flatMap(identityLinksOf),
          until: history.until,
        },
        (line) => virtual.push(line),
      );
      await using system = await startSystem({
        playbooks: { versions: [version], surroundings },
        clock: { mode: 'stepped', at: history.start },
      });
      expect(virtual.filter((line) => line.type === 'effect').length).toBeGreaterThan(1);
      await play(system, version, history);
      expect(await livedLines(system)).toEqual(virtual.map(shown).sort());
    });
  }
});

/** The calls as a backtest reads them: a file, a line each. */
async function readAsFile(calls: readonly Call[]): Promise<TimelineEvent[]> {
  const file = join(await makeTempFolder(), 'history.ndjson');
  await writeFile(file, calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
  const events: TimelineEvent[] = [];
  const refused: unknown[] = [];
  await readFiles([file], {
    onEvent: (event) => void events.push(event),
    onRefused: (line) => void refused.push(line),
    onProgress: () => {},
  });
  expect(refused).toEqual([]);
  return events.sort(compareEvents);
}

/** Steps the clock to each event, deadline and waking, and waits until all that is due has been done. */
async function play(
  system: System,
  version: PlaybookVersion,
  { records, calls, start, until }: History,
): Promise<void> {
  const at = start - 1;
  await mergePatches(
    system.database.pool,
    records.map((patch) => ({ patch, at, receivedAt: at, arrival: 0 })),
  );
  for (let next = 0; ; ) {
    const call = calls[next];
    const due = await nextDue(system);
    if (call === undefined && (due === undefined || (until === undefined && !(await keepsOpen(system, version)))))
      return;
    const to = Math.min(call ? instantOf(call) : Number.POSITIVE_INFINITY, due ?? Number.POSITIVE_INFINITY);
    if (until !== undefined && to > until + 1) return;
    await system.step(to);
    const now: Call[] = [];
    for (let due = calls[next]; due && instantOf(due) <= to; due = calls[++next]) now.push(due);
    if (now.length > 0) await system.importHistory(now);
    await system.idle();
  }
}

/** As virtual time has it: what a condition looks at by the calendar, and windows that empty, keep nothing open. */
async function keepsOpen({ database }: System, version: PlaybookVersion): Promise<boolean> {
  const { rows } = await database.pool.query<{ open: boolean }>(
    'SELECT EXISTS (SELECT FROM enrolments WHERE outcome IS NULL AND next_at IS NOT NULL) AS open',
  );
  if (rows[0]!.open) return true;
  const { subjects } = buildProgram([version], workspace.settings);
  const states = await database.pool.query<{ type: SubjectType; owner: string; state: unknown }>(
    'SELECT subject_type AS type, owner, state FROM trigger_states WHERE due_at IS NOT NULL',
  );
  return states.rows.some(({ type, owner, state }) => {
    if (owner.startsWith(TRAIT_OWNER_PREFIX) || owner === AWAITED_OWNER) return false;
    const arm = subjects.get(type)?.arms.get(owner);
    return arm?.condition.keepsOpen?.(arm.arm, state as never) ?? true;
  });
}
