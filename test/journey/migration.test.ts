/** N5, by answers alone: whether an enrolment may go on with another version. */
import { describe, expect, it } from 'vitest';
import { type EnrolmentAtRest, whyItStays } from '../../evaluation/migration.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { compileOne } from '../language/workspace.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const DAY = 86_400_000;

function version(steps: string): PlaybookVersion {
  const { versions, diagnostics } = compileOne(`playbook: p\ntrigger: { event: x }\nagain: always\nsteps:\n${steps}`);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return versions.find(({ playbook }) => playbook.playbook === 'p')!;
}

const BRANCH = `  - if: contact.country == "DE"
    then:
      - record: german
    else:
      - record: foreign
  - id: pause
    wait: 2d
  - record: end`;

const next: Answer = { go: 'next' };
const sleeping: Answer = { go: 'sleep', until: START + 2 * DAY, then: 'next' };

/** The answers of somebody who took an arm, and waits. */
const gone = (arm: number): { [place: string]: Answer } => ({
  'choose steps.0': { go: 'arm', arm },
  'do steps.0.then.0': next,
  'do steps.0.else.0': next,
  'pause steps.1': sleeping,
});

function stays(
  before: string,
  after: string,
  answers: { [place: string]: Answer },
  more: Partial<EnrolmentAtRest> = {},
) {
  return whyItStays(version(before), version(after), {
    startedAt: START,
    now: START + DAY,
    nextAt: START + 2 * DAY,
    isPending: false,
    isBusy: false,
    isEnding: false,
    known: ({ name, path }) => answers[`${name} ${path}`],
    ...more,
  });
}

describe('an enrolment goes over', () => {
  it('whatever the arm that it did not take has become, and whatever comes behind the wait', () => {
    const changed = BRANCH.replace('record: foreign', 'record: abroad').replace('record: end', 'record: other');
    expect(stays(BRANCH, changed, gone(0))).toBeUndefined();
    expect(stays(BRANCH, `${BRANCH}\n  - wait: 1d`, gone(1))).toBeUndefined();
  });

  it('when it has not begun, into any steps', () => {
    expect(stays(BRANCH, '  - record: only', {}, { isPending: true })).toBeUndefined();
  });
});

describe('an enrolment stays', () => {
  it('when the arm that it took has another step in it now, or one more', () => {
    const other = BRANCH.replace('record: german', 'wait: 1h');
    expect(stays(BRANCH, other, gone(0))).toBe('steps_changed');
    const more = BRANCH.replace('- record: german', '- record: german\n      - record: again');
    expect(stays(BRANCH, more, gone(0))).toBe('steps_changed');
  });

  it('when its wait is called otherwise, since later steps ask for it by its id', () => {
    expect(stays(BRANCH, BRANCH.replace('id: pause', 'id: rest'), gone(0))).toBe('steps_changed');
  });

  it('when a step is under way, or its time has come a moment ago', () => {
    const { 'pause steps.1': _, ...early } = gone(0);
    expect(stays(BRANCH, BRANCH, early)).toBe('busy');
    expect(stays(BRANCH, BRANCH, gone(0), { now: START + 2 * DAY })).toBe('busy');
    expect(stays(BRANCH, BRANCH, gone(0), { isBusy: true })).toBe('busy');
  });

  it('when it has been told to end, before anything else is asked', () => {
    expect(stays(BRANCH, '  - record: only', gone(0), { isEnding: true, isBusy: true })).toBe('ending');
  });
});
