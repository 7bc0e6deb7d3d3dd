/**
 * Mutants of what the oracle does not simulate: each breaks one place in the build, and the test that it names must notice. Those
 * of merges, of late events and of what a backtest reads are found by worlds.
 */
import type { Mutant } from '../../oracle/mutants/list.ts';

export interface TestedMutant extends Mutant {
  /** The test that must fail. */
  by: string;
}

const FOUND = 'test/worlds/found.test.ts';

export const testedMutants: readonly TestedMutant[] = [
  {
    rule: 'E5',
    name: 'a stretch that ends in the instant of the late event is not replayed',
    inside: 'replayMerged',
    pattern: '$place.at >= $changed.at',
    replacement: '$place.at > $changed.at',
    by: FOUND,
  },
  {
    rule: 'E6',
    name: 'what the contact itself fired and what its visitor fired without evidence are two firings',
    inside: 'reassignFirings',
    pattern: '$.merge && $own !== $id && $isOwn($own)',
    replacement: 'false',
    by: FOUND,
  },
  {
    rule: 'N3',
    name: 'a merge gives firings without evidence another id',
    inside: 'inherited',
    pattern: 'firedAs: $firing.firedAs ?? $firing.subject.id',
    replacement: 'firedAs: undefined',
    by: FOUND,
  },
  {
    rule: 'T8',
    name: 'a date that is learned late starts its enrolment before it is known',
    inside: 'entryInstant',
    pattern: 'Math.max($at, $place.at)',
    replacement: '$at',
    by: FOUND,
  },
  {
    rule: 'V4',
    name: 'virtual time knows no claims',
    inside: 'VirtualIdentities',
    pattern: 'new IdentityLinks($claims)',
    replacement: 'new IdentityLinks([])',
    by: FOUND,
  },
  {
    rule: 'P3',
    name: 'a bounce holds whichever address the contact has by now',
    inside: 'suppressionOf',
    pattern: '$bounced === addressKey($traits)',
    replacement: 'true',
    by: 'test/rules/journeys/suppression.test.ts',
  },
  {
    rule: 'N1',
    name: 'playbooks may feed each other for ever',
    inside: 'loopOf',
    pattern: '$times < MAX_TIMES && $chain.length < MAX_CHAIN',
    replacement: 'true',
    by: 'test/rules/journeys/loops.test.ts',
  },
  {
    rule: 'E9',
    name: 'a value that is there already is written and told',
    inside: 'withoutUnchanged',
    pattern: 'canonical($before ?? null) !== canonical($value)',
    replacement: 'true',
    by: 'test/rules/journeys/unchanged.test.ts',
  },
  {
    rule: 'P5',
    name: 'a message is of use for ever',
    inside: 'usefulness',
    pattern: '$.now <= $.beganAt + $ms',
    replacement: 'true',
    by: 'test/rules/journeys/gates.test.ts',
  },
  {
    rule: 'S16',
    name: 'round robin gives to whom it was given last',
    inside: 'step assign',
    pattern: '-$waited($person)',
    replacement: '$waited($person)',
    by: 'test/rules/journeys/assign.test.ts',
  },
  {
    rule: 'T15',
    name: 'the evidence of a firing stays what it was when the firing was made',
    inside: 'applyReconciliation',
    pattern: 'isDeepStrictEqual($had, $has) && isDeepStrictEqual($then, $now)',
    replacement: 'true',
    by: 'test/evaluator/late/together.test.ts',
  },
  {
    rule: 'E5',
    name: 'what this round has taken back is not known in the next look of the round',
    inside: 'isMovedHere',
    pattern: '$.id !== $id && !$stands',
    replacement: 'true',
    by: 'test/evaluator/late/together.test.ts',
  },
  {
    rule: 'S16',
    name: 'a turn comes as soon to who has twice the weight as to anybody',
    inside: 'step assign',
    pattern: '($next - $last) * $weight',
    replacement: '$next - $last',
    by: 'test/people/absences.test.ts',
  },
  {
    rule: 'S16',
    name: 'an open task counts the same for who has twice the weight',
    inside: 'step assign',
    pattern: '$open / $weight',
    replacement: '$open',
    by: 'test/people/absences.test.ts',
  },
  {
    rule: 'S6',
    name: 'a task that is to be kept is withdrawn when its time is over',
    inside: 'step task',
    pattern: '!$.keep && !$.ghost',
    replacement: '!$.ghost',
    by: 'test/people/task-waits.test.ts',
  },
  {
    rule: 'S6',
    name: 'a task stays open when its journey ends otherwise than by its steps',
    inside: 'decideCommand',
    pattern: '$path.startsWith("steps") && !$keep',
    replacement: 'false',
    by: 'test/people/task-waits.test.ts',
  },
  {
    rule: 'S6',
    name: 'an answer of long ago counts for a task that came after it',
    inside: 'statusAmong',
    pattern: '$at <= $since || !$known',
    replacement: '!$known',
    by: 'test/people/task-waits.test.ts',
  },
  {
    rule: 'S12',
    name: 'a refusal is taken for a yes',
    inside: 'step approve',
    pattern: '$arm === GIVEN',
    replacement: 'true',
    by: 'test/people/approvals.test.ts',
  },
  {
    rule: 'S11',
    name: 'what comes late for a digest that has left does not wait for the next one',
    inside: 'nextMailTimes',
    pattern: '[$first, nextScheduled($.schedule, $zone, $first)]',
    replacement: '[$first, $first]',
    by: 'test/people/digests.test.ts',
  },
];
