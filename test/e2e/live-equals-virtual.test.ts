/**
 * The three ways to run a journey give the same effects at the same virtual instants, over all playbooks that ship: the test
 * runner (each test alone), a backtest (a file with what all tests tell), and the live system on its real parts.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFiles } from '../../cli/backtest/read-files.ts';
import type { PlaybookTest } from '../../language/compile.ts';
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunInput, RunLine } from '../../simulate/run/types.ts';
import { livedLines, shown } from '../support/lines.ts';
import { nextMove } from '../support/next-due.ts';
import { type System, startSystem } from '../support/system.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { type Call, type History, historyOf, instantOf, together } from './histories.ts';
import { playedWorkspace } from './played.ts';
import { LIVE, nth, playedLive } from './played-live.ts';

const { versions: shipped, tests, workspace } = await playedWorkspace();
/** Nothing is measured in virtual time (W3): what reads figures does there what its test says of them. */
const versions = shipped.filter(({ playbook }) => !JSON.stringify(playbook.steps).includes('"report.'));
const surroundings = { settings: workspace.settings, people: workspace.people };
const nameOf = (version: PlaybookVersion) => version.playbook.playbook;
const testsOf = (version: PlaybookVersion) => tests.get(nameOf(version)) ?? [];
const ASKING = 'asks-people';
const isScheduled = (version: PlaybookVersion) => version.playbook.trigger.arms.some(({ kind }) => kind === 'schedule');

const DAY_MS = 86_400_000;

/**
 * A schedule fires for everybody who is there: those that have one are played with their own people alone. So is the playbook
 * of tasks and approvals, which assigns whoever others look after at the same instant.
 */
const COMPANIES = {
  'on schedule': versions.filter(isScheduled),
  'by events and by time': versions.filter((version) => !isScheduled(version) && nameOf(version) !== ASKING),
  'with answers of people': versions.filter((version) => nameOf(version) === ASKING),
};

describe('many histories beside each other come to what each comes to alone', () => {
  for (const version of versions.filter((one) => !dependsOnOthers(one) && testsOf(one).some(isAsDeployed))) {
    it(nameOf(version), async () => {
      const name = nameOf(version);
      const all = historyOf(testsOf(version), name);
      const until = Math.max(...all.calls.map(instantOf), all.until ?? 0) + 800 * DAY_MS;
      const beside = await virtually([version], { ...all, until }, { holdout: 'out' });
      let compared = 0;
      for (const [i, test] of testsOf(version).entries()) {
        if (!isAsDeployed(test)) continue;
        const one = historyOf(nth(testsOf(version), i), name);
        const { start = one.start, until } = test;
        const alone = await virtually([version], { ...one, start, until }, { holdout: 'out' });
        const ids = new Set(alone.map(({ subject }) => subject.id));
        const last = Math.min(until ?? Number.POSITIVE_INFINITY, Math.max(...alone.map(({ at }) => at)));
        const same = beside.filter(({ subject, at }) => ids.has(subject.id) && at >= start && at <= last);
        expect(same.map(shown).sort(), test.it).toEqual(alone.map(shown).sort());
        compared += alone.length;
      }
      expect(compared).toBeGreaterThan(0);
    });
  }
});

describe('a company does the same live and in virtual time', () => {
  for (const [company, played] of Object.entries(COMPANIES)) {
    it(`${company}: the same firings, effects and instants`, { timeout: 600_000 }, async () => {
      const histories = played.map((version) => historyOf(playedLive(testsOf(version)), nameOf(version)));
      const history = asTold(together(histories));
      const virtual = await virtually(played, history);
      for (const version of played) {
        const own = virtual.filter((line) => line.type === 'effect' && line.playbook === nameOf(version));
        expect(own.length, nameOf(version)).toBeGreaterThan(1);
      }
      await using system = await startSystem({
        playbooks: { versions: played, surroundings },
        clock: { mode: 'stepped', at: history.start },
      });
      await play(system, history, virtual);
      expect(await livedLines(system)).toEqual(virtual.map(shown).sort());
    });
  }
});

/** Who gets what by how much they have to do depends on the other histories; a schedule begins with the first of them. */
function dependsOnOthers(version: PlaybookVersion): boolean {
  const hasTurns = /"(least_loaded|round_robin)"/.test(JSON.stringify(version.playbook.steps));
  return hasTurns || isScheduled(version);
}

/** With the folder's own settings and people, and nothing that the test decides for chance or for others. */
function isAsDeployed({ people, arms = {}, holdout, answers = {}, report, settings }: PlaybookTest): boolean {
  const decided = Object.keys(arms).length + Object.keys(answers).length > 0;
  return !people && !report && !decided && holdout !== 'in' && settings === workspace.settings;
}

/** A live system learns of records by what is told of them. */
function asTold({ records, calls, start, until }: History): History {
  const given = records.map(
    ({ type, id, traits }): Call => ({
      ...{ type: 'track', event: 'given', messageId: `given-${type}-${id}`, anonymousId: 'nobody' },
      timestamp: isoInstant(start),
      properties: { [type]: { id, ...traits } },
    }),
  );
  return { records: [], calls: [...given, ...calls], start, until: until ?? LIVE.until };
}

async function virtually(
  played: readonly PlaybookVersion[],
  { records, calls, start, until }: History,
  options: Partial<RunInput> = {},
): Promise<RunLine[]> {
  const events = await readAsFile(calls);
  const lines: RunLine[] = [];
  const claims = events.flatMap(identityLinksOf);
  run({ versions: played, ...surroundings, records, start, events, claims, until, ...options }, (line) =>
    lines.push(line),
  );
  return lines;
}

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

/**
 * Steps the clock to each event, to what journeys and schedules wait for, and past the instants at which virtual time came
 * to something: a system that does something at another instant shows that, or is late.
 */
async function play(system: System, { calls, until }: History, virtual: readonly RunLine[]): Promise<void> {
  const awaited = [...new Set(virtual.map(({ at }) => at + 1))].sort((a, b) => a - b);
  const end = (until ?? Math.max(...awaited)) + 1;
  for (let next = 0, now = Number.NEGATIVE_INFINITY; ; ) {
    const after = awaited.find((at) => at > now);
    const candidates: (Instant | undefined)[] = [calls[next] && instantOf(calls[next]!), await nextMove(system), after];
    const to = Math.max(now, Math.min(...candidates.map((at) => at ?? Number.POSITIVE_INFINITY)));
    if (to > end) return;
    await system.step((now = to));
    const come: Call[] = [];
    for (let due = calls[next]; due && instantOf(due) <= to; due = calls[++next]) come.push(due);
    if (come.length === 0) continue;
    await system.importHistory(come);
    await system.idle();
  }
}
