/** Tests that cannot show what they seem to show: arms that the playbook has not, events of nobody (V3). */
import { didYouMean } from '../../diagnostics/nearest.ts';
import { isJsonObject } from '../../json.ts';
import { type CompiledPlaybook, type Json, type PlaybookVersion, RECORD_TYPES } from '../../model.ts';
import { withThoseRun } from '../../records/runs.ts';
import type { Path, StepSyntax } from '../../syntax.ts';
import type { PlaybookTest, TestEvent } from '../tests/types.ts';
import type { LintedPlaybook } from './lint-keys.ts';
import { lintLines } from './lint-lines.ts';

/** @param all the versions of the folder: lines may be those of a playbook that is run */
export function lintTests(linted: LintedPlaybook, steps: readonly StepSyntax[], all: readonly PlaybookVersion[]): void {
  const run = withThoseRun([linted.version], all).slice(1);
  for (const test of linted.tests) {
    lintLines(linted, test, { steps, run });
    lintArms(linted, test);
    lintWhose(linted, test);
  }
}

/** An arm that is not there decides nothing: the bucket would (S5). */
function lintArms({ version, report }: LintedPlaybook, { arms, index }: PlaybookTest): void {
  const known = experimentsOf(version.playbook);
  for (const [experiment, arm] of Object.entries(arms)) {
    const path: Path = ['tests', index, 'arms', experiment];
    const own = known.get(experiment);
    if (own === undefined) {
      const hint = didYouMean(experiment, [...known.keys()]);
      report.key(path, { code: 'CB623', message: `the playbook has no split \`${experiment}\``, hint });
    } else if (!own.includes(arm)) {
      const hint = didYouMean(arm, own);
      report.at(path, { code: 'CB623', message: `\`${experiment}\` has no arm \`${arm}\``, hint });
    }
  }
}

function experimentsOf({ steps }: CompiledPlaybook): Map<string, string[]> {
  const splits = Object.values(steps).filter(({ kind }) => kind === 'split');
  return new Map(
    splits.map(({ config }) => {
      const { experiment, arms } = config as unknown as { experiment: string; arms: { name: string }[] };
      return [experiment, arms.map(({ name }) => name)];
    }),
  );
}

/** What names a record of a kind in a test's event, beside the record itself. */
const IDS: { [type: string]: readonly string[] } = {
  contact: ['userId', 'anonymousId', 'contactId', 'contact'],
  account: ['accountId', 'groupId', 'account'],
  deal: ['dealId', 'deal'],
  ticket: ['ticketId', 'ticket'],
};

/** Without a record of its kind, and without one that an event names, nothing reaches the playbook. */
function lintWhose({ version, report }: LintedPlaybook, test: PlaybookTest): void {
  const { subject } = version.playbook;
  const isRecord = (RECORD_TYPES as readonly string[]).includes(subject);
  if (!isRecord || test.events.length === 0 || describesRecords(report.file.value, test.index)) return;
  if (test.events.some((event) => IDS[subject]!.some((id) => id in propertiesOf(event)))) return;
  report.at(['tests', test.index, 'events'], {
    severity: 'warning',
    code: 'CB634',
    message: `no ${subject} is named: the events reach nobody`,
    hint: `write ${subject}: { id: ${subject === 'contact' ? 'ada' : '"1"'} } into the test`,
  });
}

/** Also with a fault, which is told where it is. */
function describesRecords(file: Json, index: number): boolean {
  const written = isJsonObject(file) && Array.isArray(file.tests) ? file.tests[index] : undefined;
  return isJsonObject(written) && RECORD_TYPES.some((type) => type in written || `${type}s` in written);
}

function propertiesOf(event: TestEvent): object {
  if (event.kind === 'event') return event.properties;
  return event.kind === 'task' || event.kind === 'approval' ? {} : event.call;
}
