/** Values where nobody's are asked for: those with which a test of the playbook sends the template. */
import type { PlaybookTest } from '../../../language/compile.ts';
import { type Instant, type Json, RECORD_TYPES, type SubjectRef, type Traits } from '../../../language/model.ts';
import type { RelatedList } from '../../../language/records/relations.ts';
import { elementOf } from '../../../language/records/relations.ts';
import { subjectKey } from '../../../language/records/subject-key.ts';
import { placeOfJourney } from '../../../language/records/timeline.ts';
import { run } from '../../../simulate/run/run.ts';
import type { DecidedMessage } from '../../../simulate/run/types.ts';
import { runOfTest } from '../../../simulate/tests/playbook-tests.ts';
import type { FactsInput } from '../../../steps/facts.ts';
import type { EnrolmentFacts } from '../../../steps/step.ts';
import type { Sender } from './find-step.ts';

export interface Sample {
  /** The test's name; undefined where no test sends it. */
  test: string | undefined;
  at: Instant;
  enrolment: EnrolmentFacts;
  steps: { [id: string]: Json };
  /** Own and computed traits of records, by `<type>/<id>`. */
  records: Map<string, { own: Traits; computed: Traits }>;
  clock: ReturnType<FactsInput['clock']>;
}

/** The first message of the step among the tests; where none sends it, one that knows nothing. */
export function sampleOf({ version, path, tests, people }: Sender, now: Instant): Sample {
  for (const test of tests) {
    const input = runOfTest(version, test, people);
    if (input === undefined || test.generated) continue;
    let found: Sample | undefined;
    const onMessage = (message: DecidedMessage) => {
      if (message.command.path === path) found ??= taken(message, test);
    };
    try {
      run({ ...input, onMessage }, () => {});
    } catch {
      // A test that does not come to an end says so where tests are run; what it sent before is as good as any.
    }
    if (found) return found;
  }
  const { playbook, subject: type } = version.playbook;
  const enrolment = { id: 'preview', playbook, subject: { type, id: 'preview' }, key: '', trigger: {} };
  return {
    ...{ test: undefined, at: now, steps: {}, clock: undefined, records: new Map() },
    enrolment: { ...enrolment, startedAt: now, ghost: false },
  };
}

/** A copy: the run goes on, and its world with it. */
function taken({ facts }: DecidedMessage, test: PlaybookTest): Sample {
  const { at, enrolment, steps, world, version } = facts;
  const place = placeOfJourney(at);
  const records: Sample['records'] = new Map();
  const take = (type: (typeof RECORD_TYPES)[number], id: string): void => {
    const key = subjectKey({ type, id });
    if (records.has(key)) return;
    const own = world.traits(type, id, place);
    const computed = version.traits.flatMap((trait) => {
      const value = trait.subject === type ? world.computed(type, id, trait.name, place) : undefined;
      return value === undefined ? [] : [[trait.name, value] as const];
    });
    records.set(key, { own: own ?? {}, computed: Object.fromEntries(computed) });
    for (const [name, value] of Object.entries(own ?? {})) {
      const of = RECORD_TYPES.find((one) => name === `${one}Id`);
      if (of !== undefined && typeof value === 'string') take(of, value);
    }
  };
  const { subject } = enrolment;
  const type = RECORD_TYPES.find((one) => one === subject.type);
  if (type !== undefined) take(type, subject.id);
  for (const record of test.records) take(record.type, record.id);
  return { test: test.it, at, enrolment, steps, records, clock: facts.clock(undefined, undefined) };
}

/** The records of a sample that name another one. */
export function relatedIn({ records }: Pick<Sample, 'records'>, list: RelatedList, id: string): Traits[] {
  return [...records].flatMap(([key, { own }]) => {
    const [type, ...rest] = key.split('/') as [SubjectRef['type'], ...string[]];
    return type === list.type && own[list.by] === id ? [elementOf(rest.join('/'), own)] : [];
  });
}
