/** Runs the `tests:` of playbooks in virtual time (V2, V3): the same code as production, and a line by line comparison. */

import { isDeepStrictEqual } from 'node:util';
import type { ExpectedLine, PlaybookTest } from '../../language/compile.ts';
import type { Instant, Json, People, PlaybookVersion } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { parseInstant } from '../../language/time/zones.ts';
import { run } from '../run/run.ts';
import type { RunLine } from '../run/types.ts';
import { type RefusedEvent, timelineOf } from './test-events.ts';

/** One line that came: the step with what its keys came to. */
export interface CameLine {
  at: Instant;
  kind: string;
  fields: { [key: string]: Json };
  refused: string | null;
}

export interface TestResult {
  playbook: string;
  it: string;
  line: number;
  passed: boolean;
  /** What came in place of what was expected, or why nothing was run; a line each. */
  faults: string[];
  came: CameLine[];
  /** Events of the test that are not taken; where there are any, nothing is run. */
  refused: RefusedEvent[];
}

/** Runs one test of a playbook over the other playbooks of its folder being silent. */
export function runTest(version: PlaybookVersion, test: PlaybookTest, people: People): TestResult {
  const base = { playbook: version.playbook.playbook, it: test.it, line: test.line, passed: false, refused: [] };
  if (test.generated) {
    return { ...base, faults: ['`never` over generated histories is not run by this release'], came: [] };
  }
  const came: CameLine[] = [];
  const loops: string[] = [];
  try {
    const { events, refused } = timelineOf(test);
    if (refused.length > 0) {
      const faults = refused.map(({ line, message }) => `line ${line}: the event is not taken. ${message}`);
      return { ...base, refused, faults, came };
    }
    run(
      {
        versions: [version],
        settings: test.settings,
        people: test.people ? { ...people, persons: test.people } : people,
        records: test.records,
        start: test.start,
        events,
        claims: events.flatMap(identityLinksOf),
        until: test.until,
        holdout: test.holdout,
        arms: test.arms,
        jitterMs: () => 0,
      },
      (line) => {
        if (line.type === 'effect')
          came.push({ at: line.at, kind: line.effect, fields: line.detail, refused: line.refused });
        if (line.type === 'enrolment' && line.refused === 'loop') loops.push(loopFault(line));
        if (line.type !== 'outcome') return;
        const fields: { [key: string]: Json } = { outcome: line.outcome, reason: line.reason };
        if (line.value !== null) fields.value = line.value;
        if (line.afterEnd) fields.after_end = true;
        came.push({ at: line.at, kind: 'outcome', fields, refused: null });
      },
    );
  } catch (error) {
    const { message = String(error), hint } = error as { message?: string; hint?: string };
    return { ...base, faults: [hint === undefined ? message : `${message}\n${hint}`], came };
  }
  const shown = came.filter((line) => isShown(line, test.expectOnly));
  const faults = [...loops, ...compare(test.expect === 'nothing' ? [] : (test.expect ?? []), shown)];
  return { ...base, passed: faults.length === 0, faults, came: shown };
}

function loopFault({ subject, at, looked }: RunLine & { type: 'enrolment' }): string {
  const { ring } = looked as { ring: string[] };
  return `a firing for ${subject.type} ${subject.id} at ${isoInstant(at)} was refused as \`loop\`: ${ring.join(' → ')}`;
}

/** Refused effects appear only where `expect_only` names `refused`, which narrows the kinds (V2). */
function isShown(line: CameLine, only: readonly string[] | undefined): boolean {
  if (line.refused !== null) return only?.includes('refused') ?? false;
  return only === undefined || only.includes(line.kind);
}

function compare(expected: readonly ExpectedLine[], came: readonly CameLine[]): string[] {
  const faults: string[] = [];
  for (let i = 0; i < Math.max(expected.length, came.length); i++) {
    const wanted = expected[i];
    const got = came[i];
    if (!wanted) faults.push(`came, and was not expected: ${shownLine(got!)}`);
    else if (!got) faults.push(`line ${wanted.line}: expected, and did not come: ${shownWanted(wanted)}`);
    else if (!fits(wanted, got)) {
      faults.push(`line ${wanted.line}: expected ${shownWanted(wanted)}\n        came     ${shownLine(got)}`);
    }
  }
  return faults;
}

/** The keys that a line has, and its instant where it has one. */
function fits(wanted: ExpectedLine, came: CameLine): boolean {
  if (wanted.at !== undefined && wanted.at !== came.at) return false;
  // What was refused did not happen: a line that does not say so is not met by it.
  if (came.refused !== null && wanted.fields.refused === undefined) return false;
  const fields = { ...came.fields, ...(came.refused !== null && { refused: came.refused }) } as { [key: string]: Json };
  return Object.entries(wanted.fields).every(([key, value]) => isSame(value, fields[key]));
}

/** Instants are the same in whatever form they are written. */
function isSame(wanted: Json, came: Json | undefined): boolean {
  if (isDeepStrictEqual(wanted, came)) return true;
  if (typeof wanted !== 'string' || typeof came !== 'string') return false;
  const a = parseInstant(wanted);
  return a !== undefined && a === parseInstant(came);
}

function shownLine(line: CameLine): string {
  const refused = line.refused === null ? {} : { refused: line.refused };
  return `${isoInstant(line.at)} ${JSON.stringify({ ...line.fields, ...refused })}`;
}

function shownWanted(line: ExpectedLine): string {
  return `${line.at === undefined ? 'at any time' : isoInstant(line.at)} ${JSON.stringify(line.fields)}`;
}
