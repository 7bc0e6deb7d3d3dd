/**
 * Mutants: changes that break the engine on purpose. Each is at a place that is known by its code: a pattern (pattern.ts)
 * that fits once in the module that exports a name. The simulation of the rule that it names must notice it.
 */
export interface Mutant {
  /** The rule of `rules.ts`. */
  rule: string;
  /** The fault, in words. */
  name: string;
  /** Exported by the module that has the place; `condition absence` is the object `condition` with the kind `absence`. */
  inside: string;
  /** Another pattern that fits once there: it binds references that the place itself does not have. */
  given?: string;
  pattern: string;
  /** The code in its place, with the references of the patterns; `$this` is the code that was there. */
  replacement: string;
}

type Pattern = string | { given: string; pattern: string };

const inside =
  (name: string) =>
  (rule: string, wrong: string, at: Pattern, replacement: string): Mutant => ({
    rule,
    name: wrong,
    inside: name,
    ...(typeof at === 'string' ? { pattern: at } : at),
    replacement,
  });

const arms = inside('runConditions');
const situation = inside('keysOfEvent');
const deadlineBefore = inside('deadlineBefore');
const merge = inside('uniqueFirings');
const entry = inside('decideEntry');
const reconcile = inside('reconcile');
const replay = inside('replay');
const isLate = inside('isLate');
const looks = inside('runRecordConditions');
const edge = inside('evaluateEdge');
const changes = inside('condition changes');
const event = inside('condition event');
const count = inside('condition count');
const absence = inside('condition absence');
const shortfall = inside('condition shortfall');
const drop = inside('condition drop');
const dropDays = inside('hasFallen');
const inactivity = inside('condition inactivity');
const sequence = inside('condition sequence');
const date = inside('condition date');
const sla = inside('reachOf');
const clock = inside('onClockEvent');
const running = inside('passTime');
const traitWindow = inside('inWindow');
const score = inside('readScore');
const pairs = inside('foldPairs');
const averageGap = inside('aggregate average_gap');
const startOfDay = inside('startOfDay');
const instantOfLocal = inside('instantOfLocal');
const readTable = inside('readTable');
const openDays = inside('passOpenMs');
const holdout = inside('holdoutShares');
const bucketOf = inside('bucketOf');
const placeOfEvent = inside('placeOfEvent');
const parseInstant = inside('parseInstant');

export const mutants: readonly Mutant[] = [
  event('event', 'an event is no evidence of itself (T15)', 'evidence: [$.messageId]', 'evidence: []'),
  situation(
    'event',
    'a list is no keys (T0)',
    'if (Array.isArray($value)) return $keys;',
    'if (Array.isArray($value)) void $keys;',
  ),
  reconcile(
    'absence',
    "a firing of the late event's own instant stays (E5)",
    '!$row.isUndone && $given >= $late.at',
    '!$row.isUndone && $given > $late.at',
  ),

  count(
    'count',
    'the window has both of its ends (T0)',
    '($endOfWindow($seen.at) ?? $.at) > $.at',
    '($endOfWindow($seen.at) ?? $.at) >= $.at',
  ),
  count(
    'count',
    'fires at every height, not at the rising edge (T2)',
    '$.length === $.atLeast - 1',
    '$.length >= $.atLeast - 1',
  ),
  count('count', 'the last event alone is evidence (T15)', '[...$earlier, $.messageId]', '[$.messageId]'),
  isLate(
    'absence',
    'of one instant nothing is late (E4, E5)',
    'comparePlaces($place, $head) <= 0',
    '$place.at < $head.at',
  ),
  placeOfEvent(
    'count',
    'ties are not told by their receipt (E4)',
    "{ ...$, phase: 'events', receivedAt: $.receivedAt, arrival: $.arrival }",
    '{ ...$this, receivedAt: 0, arrival: -$.arrival }',
  ),
  count(
    'count-hold',
    'events before an X are counted again (T2)',
    '$state = { seen: [] }',
    '$state = { seen: $state.seen }',
  ),
  count('count-hold', 'an edge moves the watch that is open (T2)', '!$edge || $.watch', '!$edge'),
  count('count-hold', 'an X is forgotten (T2)', '$state = { seen: [] }', 'void 0'),

  absence('absence', 'an X is forgotten (T3)', "$.has('unless') ? undefined : $before", '$before'),
  absence('absence', '`timer: first` is as good as none (T3)', "$timer === 'first'", 'false'),
  absence(
    'absence',
    'evidence is the first opening event (T15)',
    { given: "const $watch = $.has('unless') ? undefined : $;", pattern: 'opening: $snapshot' },
    'opening: $watch?.opening ?? $snapshot',
  ),
  deadlineBefore(
    'absence',
    'an event at exactly the deadline comes too late (E4)',
    '$due !== undefined && $due < $at ? $due : undefined',
    '$due !== undefined && $due <= $at ? $due : undefined',
  ),
  arms('absence', 'an X without a key applies to no key (T0)', "$.keyless[$] === 'every-key'", 'false'),
  arms(
    'absence',
    'an X with a key of its own is told by the playbook’s (T0)',
    '$pattern.key ?? $arm.key',
    '$arm.key ?? $pattern.key',
  ),
  readTable('absence', 'a table has no default (T0)', '$row.span ?? $.default', '$row?.span'),
  openDays(
    'absence',
    'time that runs out with an interval ends at the next opening (L4)',
    'if ($left <= $length) return $start + $left;',
    'if ($left < $length) return $start + $left;',
  ),
  replay(
    'absence',
    'the deadlines behind a late event are not looked at again (E5)',
    { given: "$drain($.phase === 'events' ? $.at : $.at + 1)", pattern: '$drain($event.at)' },
    'void 0',
  ),

  shortfall(
    'shortfall',
    "an X at the opening's own instant counts (T4)",
    '$.at > $.opening.at',
    '$.at >= $.opening.at',
  ),
  shortfall(
    'shortfall',
    'closes at one more than n (T4)',
    '$count >= $.fewerThan ? undefined : $more',
    '$count > $.fewerThan ? undefined : $more',
  ),
  shortfall('shortfall', 'a later opening event moves the watch (T4)', "!$watch && $.has('opens')", "$.has('opens')"),
  shortfall(
    'shortfall',
    'what closes it does not open it again (T4)',
    '$watch = $count >= $.fewerThan ? undefined : $more;',
    'if ($count >= $.fewerThan) return { state: undefined }; $this',
  ),

  dropDays('drop', "the boundary's own day is looked at (T5)", '$age < 1', '$age < 0'),
  dropDays(
    'drop',
    'the current days are one too few (T5)',
    { given: '$age > $over + $baseline', pattern: '$age <= $over' },
    '$age < $over',
  ),
  dropDays(
    'drop',
    'exactly the share is no drop (T5)',
    '$fell <= $baseline * $kept.value',
    '$fell < $baseline * $kept.value',
  ),
  dropDays(
    'drop',
    'a day that goes over to the baseline turns nothing (T5)',
    '$day + $over >= $from ? $day + $over : $left',
    '$left',
  ),
  dropDays(
    'drop',
    'a day that leaves the baseline turns nothing (T5)',
    '$day + $over >= $from ? $passes : $day + $over + $b',
    '$passes',
  ),
  dropDays('drop', 'boundaries between two looks do not count (T5)', '$.run > 0 ? Math.min($more, $cap) : 0', '$.run'),
  drop('drop', 'fires at each true boundary (T5)', '$.run === $.sustainedDays', '$.run >= $.sustainedDays'),
  drop(
    'drop',
    'the first boundary is too early (T5)',
    'addDays($date, $.baselineDays + $.overDays)',
    'addDays($date, $.baselineDays)',
  ),
  dropDays(
    'drop',
    'a baseline of exactly m is too small (T5)',
    '$baseline * $.unit >= $least',
    '$baseline * $.unit > $least',
  ),
  startOfDay(
    'drop',
    'days begin at midnight UTC (T5)',
    'instantOfLocal(dayOfDate($date) * $day, $zone)',
    "instantOfLocal(dayOfDate($date) * $day, 'UTC')",
  ),

  inactivity(
    'inactivity',
    'a later X does not begin the spell anew (T6)',
    { given: '$before.last.at', pattern: "$.endOf('for', $.at)" },
    '$before?.dueAt ?? $this',
  ),
  inactivity('inactivity', 'the last X is no evidence (T15)', 'evidence: [$.last.id]', 'evidence: []'),

  sequence('sequence', 'the last element is too late at exactly w (T7)', '$.at > $.until', '$.at >= $.until'),
  sequence(
    'sequence',
    'one event stands for two elements (T7)',
    'for (let $i = $.length - 1; $i > 0; $i--) $body;',
    'for (let $i = 1; $i < $.length; $i++) $body',
  ),
  sequence(
    'sequence',
    'what a firing used is used again (T7)',
    { given: 'const $chains = [...($before ?? [])];', pattern: 'state: undefined' },
    'state: $chains',
  ),
  sequence(
    'sequence',
    'the earliest first element is used (T7)',
    { given: 'const $chains = [...($before ?? [])];', pattern: "$.has('0')" },
    '$this && !$chains[0]',
  ),

  date('date', 'exactly a day past is skipped (T8)', '$at - $due > $most', '$at - $due >= $most'),
  date(
    'date',
    'an event of its very instant no longer moves it (E4)',
    '$due === $at && ($event !== undefined || $given)',
    '$due === $at && $given',
  ),
  looks('date', "the subject's own zone is not asked (T8)", 'zone: zoneAt($view)', 'zone: $view.zone'),
  parseInstant(
    'date',
    'what is behind a time is read as UTC (T8, section 11)',
    "$zone.startsWith('-') ? $local + $offset : $local - $offset",
    '$local',
  ),
  parseInstant(
    'date',
    'a zone in words is none (T8, section 11)',
    'if ($match === null) return undefined;',
    "if ($match === null || $match[8] === 'UTC') return undefined;",
  ),
  instantOfLocal(
    'date',
    'a time in a gap is not moved to its end (T8)',
    'if ($at < $.from) return $.from;',
    'if ($at < $.from) return $at;',
  ),

  edge('turning', 'what still holds turns again (T9)', '$held !== ($before.held ?? false)', 'true'),
  edge('turning', 'it need not stay true (T9)', '$on ? $before.watch : undefined', '$before?.watch'),
  edge(
    'turning',
    'an event at exactly the deadline comes too late (E4)',
    '$watch && !$event && $.dueAt <= $at',
    '$watch && $.dueAt <= $at',
  ),
  changes('changes', 'what comes from nothing has changed (T19)', '$side === undefined ? $value !== null : $', 'true'),
  changes('changes', 'what stays as it is has changed (T19)', '!isSame($was, $now)', 'true'),
  edge('turning', 'the event that turned it is no evidence (T15)', '$event ? snapshotOf($event) : null', 'null'),

  traitWindow(
    'traits',
    'an event leaves a window too late (T14)',
    '$entry.at > $at - $.overMs',
    '$entry.at >= $at - $.overMs',
  ),
  traitWindow('traits', 'a month begins behind its first instant (T14)', '$entry.at >= $.start', '$entry.at > $.start'),
  traitWindow(
    'traits',
    'months are those of UTC (T14)',
    'const { start: $start } = $window($unit, $at, $zone);',
    "const { start: $start } = $window($unit, $at, 'UTC');",
  ),
  averageGap('traits', 'there are as many gaps as events (T14)', '$span / ($events - 1)', '$span / $events'),
  score('traits', 'points grow with age (T14)', '2 ** (-($at - $.at) / $half)', '2 ** (($at - $.at) / $half)'),
  pairs('traits', 'an answer that comes first does not count (T14)', '$counted.includes($by)', 'false'),

  clock('sla', 'a pause is ignored (L5)', '$.pausedAfter && $.pausedSince === undefined', 'false'),
  clock('sla', 'a paused clock stays paused (L5)', '!$.pausedAfter && $.pausedSince !== undefined', 'false'),
  clock(
    'sla',
    'a retarget forgets what has elapsed (L5)',
    { given: 'elapsed: $nothing', pattern: '$draft.target = $input.target;' },
    '$this $draft.elapsed = $nothing;',
  ),
  clock('sla', 'a clock without a row keeps its promise (L2)', 'delete $draft.target;', 'void 0;'),
  clock('sla', 'every clock repeats (L2)', '$.repeat && $.how !== undefined', '$.how !== undefined'),
  clock(
    'sla',
    'what was cancelled is resumed (L2)',
    "$ended && $.how !== 'cancelled' && $.resumes",
    '$ended && $.resumes',
  ),
  running('sla', 'a stop at exactly the deadline is too late (L4)', '$.at === $until && !$inclusive', 'false'),
  sla('sla', 'the nearest of two marks goes furthest (T13)', 'return $.percent;', 'return 200 - $.percent;'),
  merge('any', 'arms of one instant are one firing, whatever their evidence (T13)', '$.evidence.at(-1) ?? $.arm', '0'),

  entry('entry', 'at exactly `again` it is refused (N2)', '$at - $last >= $.ms', '$at - $last > $.ms'),
  entry(
    'entry',
    'an open enrolment of another key refuses (N1)',
    '$past.open && $past.key === $firing.key',
    '$past.open',
  ),
  entry('entry', '`again` counts from the first enrolment (N2)', 'Math.max(...$starts)', 'Math.min(...$starts)'),
  entry('holdout', 'a hundredth is held out (N4)', '$percent * 100', '$percent'),
  holdout(
    'holdout',
    'the global holdout is for every playbook (N4)',
    '$takesPart ? $.globalHoldoutPercent : 0',
    '$.globalHoldoutPercent',
  ),
  holdout('holdout', 'nothing takes a playbook out (N4)', 'if ($.neverHeldOut) return false;', 'void 0;'),
  bucketOf(
    'holdout',
    'the bucket is read from the wrong end (N4)',
    '$hash.readBigUInt64BE(0)',
    '$hash.readBigUInt64LE(0)',
  ),
];
