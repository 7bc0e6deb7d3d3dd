/** The `tests:` of a playbook (V2, V3), read at the edge: what the runner gets needs no further look at its shape. */
import { isJsonObject } from '../../json.ts';
import type { CompiledPlaybook, Settings } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import { compilePerson, compileSettings } from '../files/settings.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import { checkShape } from '../shape.ts';
import { answersOf } from './answers.ts';
import { generatedOf } from './generated.ts';
import { eventsOf, expectedOf, instantAtPath } from './lines.ts';
import { checkGiven } from './plain-words.ts';
import { RecordBook } from './records.ts';
import { expectedKinds, testShape } from './shape.ts';
import type { PlaybookTest } from './types.ts';

/**
 * Reads the tests of one playbook; those that cannot be read are reported and left out.
 * @param path where the list is in the file
 * @param around the steps of the playbook, and the world that it was compiled in
 */
export function compileTests(
  tests: readonly unknown[],
  path: Path,
  report: FileReport,
  { world, steps }: { world: WorkspaceContext; steps: CompiledPlaybook['steps'] },
): PlaybookTest[] {
  const records = new RecordBook(report);
  const names = new Set<string>();
  const stepLines = Object.fromEntries(
    Object.keys(steps).map((at) => [
      at,
      report.lineOf(at.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))),
    ]),
  );
  const kinds = expectedKinds(world.registry);
  const shape = testShape(kinds);
  return tests.flatMap((written, i) => {
    const at = [...path, i];
    const shaped = checkShape(written, shape, at, report);
    if (shaped === undefined) return [];
    if (names.has(shaped.it))
      report.at([...at, 'it'], { code: 'CB208', message: 'another test has this name already' });
    names.add(shaped.it);
    for (const key of GIVEN) checkGiven(report, shaped[key], [...at, key]);
    const test: PlaybookTest = {
      stepLines,
      it: shaped.it,
      line: report.lineOf(at),
      index: i,
      records: records.of(shaped, at),
      settings: settingsOf(shaped.settings, [...at, 'settings'], report, world),
      holdout: shaped.holdout ?? 'out',
      arms: shaped.arms ?? {},
      events: eventsOf(report, shaped.events ?? [], [...at, 'events'], steps),
    };
    if (shaped.people !== undefined) {
      test.people = shaped.people.flatMap((person, j) => compilePerson(report, person, [...at, 'people', j]) ?? []);
      checkColleagues(report, shaped.people, [...at, 'people']);
    }
    const start = instantAtPath(report, shaped.start, [...at, 'start']);
    if (start !== undefined) test.start = start;
    const until = instantAtPath(report, shaped.until, [...at, 'until']);
    if (until !== undefined) test.until = until;
    if (shaped.report !== undefined) test.report = shaped.report as NonNullable<PlaybookTest['report']>;
    if (shaped.answers !== undefined) {
      const { registry } = world;
      test.answers = answersOf(report, shaped.answers, [...at, 'answers'], { steps, registry });
    }
    if (shaped.expect !== undefined) test.expect = expectedOf(report, shaped.expect, [...at, 'expect'], kinds);
    if (shaped.expect_only !== undefined) test.expectOnly = shaped.expect_only;
    const generated = generatedOf(report, shaped, at, kinds);
    if (generated !== undefined) test.generated = generated;
    if (test.expect === undefined && generated === undefined) {
      const hint = 'write expect: nothing, or a list of lines';
      report.at(at, { code: 'CB203', message: 'the test expects nothing in particular: `expect` is missing', hint });
    }
    return [test];
  });
}

/** Of a playbook that does not compile: the tests as they are written, by name. What they say is not read. */
export function namesOfTests(report: FileReport): { it: string; line: number }[] {
  const { value } = report.file;
  const tests = isJsonObject(value) && Array.isArray(value.tests) ? value.tests : [];
  return tests.flatMap((test, i) => {
    if (!isJsonObject(test)) return [];
    return [{ it: typeof test.it === 'string' ? test.it : `test ${i + 1}`, line: report.lineOf(['tests', i]) }];
  });
}

/** What a test gives as data: records, and what events bring. */
const GIVEN = ['contact', 'account', 'deal', 'ticket', 'contacts', 'accounts', 'deals', 'tickets', 'events'] as const;

function settingsOf(value: unknown, path: Path, report: FileReport, world: WorkspaceContext): Settings {
  if (value === undefined) return world.settings;
  return compileSettings(report, value, path, {
    calendars: Object.keys(world.calendars),
    base: world.settings,
    faulty: world.faulty,
  });
}

/** A test's people are all there are (V3): whoever they name is among them. */
function checkColleagues(report: FileReport, people: readonly unknown[], path: Path): void {
  const written = people.map((person) => (isJsonObject(person) ? person : {}));
  const known = written.flatMap(({ person }) => (typeof person === 'string' ? [person] : []));
  for (const [j, person] of written.entries()) {
    for (const key of ['deputy', 'manager']) {
      const name = person[key];
      if (typeof name !== 'string' || known.includes(name)) continue;
      report.unknownName([...path, j, key], { code: 'CB502', what: 'person', name, known });
    }
  }
}
