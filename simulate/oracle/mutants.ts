/**
 * What is broken on purpose, each by one text of a source that is there once, without types, so that the build has it
 * word for word. Each names the rule whose simulation must notice it.
 */
export interface Mutant {
  /** The rule of `rules.ts`. */
  rule: string;
  /** What is then wrong, in words. */
  name: string;
  file: string;
  text: string;
  replacement: string;
}

const inFile =
  (file: string) =>
  (rule: string, name: string, text: string, replacement: string): Mutant => ({ rule, name, file, text, replacement });

const arms = inFile('triggers/engine/run-conditions.ts');
const situation = inFile('triggers/engine/evaluation-view.ts');
const engine = inFile('triggers/engine/engine.ts');
const merge = inFile('triggers/engine/merge-firings.ts');
const entry = inFile('triggers/entry/entry.ts');
const reconcile = inFile('triggers/history/reconcile.ts');
const recompute = inFile('triggers/history/replay.ts');
const looks = inFile('triggers/engine/run-record-conditions.ts');
const turning = inFile('triggers/conditions/edge.ts');
const event = inFile('triggers/conditions/event.ts');
const count = inFile('triggers/conditions/count.ts');
const absence = inFile('triggers/conditions/absence.ts');
const shortfall = inFile('triggers/conditions/shortfall.ts');
const drop = inFile('triggers/conditions/drop.ts');
const inactivity = inFile('triggers/conditions/inactivity.ts');
const sequence = inFile('triggers/conditions/sequence.ts');
const date = inFile('triggers/conditions/date.ts');
const sla = inFile('triggers/conditions/sla.ts');
const clock = inFile('triggers/sla/clock.ts');
const running = inFile('triggers/sla/running.ts');
const traitWindow = inFile('triggers/traits/trait-window.ts');
const score = inFile('triggers/traits/fold-score.ts');
const pairs = inFile('triggers/traits/fold-pairs.ts');
const averageGap = inFile('triggers/traits/aggregates/average-gap.ts');
const zones = inFile('language/time/zones.ts');
const moments = inFile('language/time/moment/resolve.ts');
const openDays = inFile('language/time/calendar/open-days.ts');
const hash = inFile('language/hash.ts');
const timeline = inFile('language/records/timeline.ts');

export const mutants: readonly Mutant[] = [
  event('event', 'an event is no evidence of itself (T15)', 'evidence: [event.messageId]', 'evidence: []'),
  situation('event', 'a list is no keys (T0)', 'if (Array.isArray(value)) return', 'if (Array.isArray(value)) void'),
  reconcile(
    'absence',
    "a firing of the late event's own instant stays (E5)",
    '!row.isUndone && row.at >= lateAt',
    '!row.isUndone && row.at > lateAt',
  ),

  count('count', 'the window has both of its ends (T0)', '?? event.at) > event.at', '?? event.at) >= event.at'),
  count(
    'count',
    'fires at every height, not at the rising edge (T2)',
    'earlier.length === atLeast - 1',
    'earlier.length >= atLeast - 1',
  ),
  count(
    'count',
    'the last event alone is evidence (T15)',
    '[...earlier.map((s) => s.id), event.messageId]',
    '[event.messageId]',
  ),
  recompute(
    'absence',
    'of one instant nothing is late (E4, E5)',
    'comparePlaces(place, head) <= 0',
    'place.at < head.at',
  ),
  timeline(
    'count',
    'ties are not told by their receipt (E4)',
    'receivedAt: event.receivedAt, arrival: event.arrival',
    'receivedAt: 0, arrival: -event.arrival',
  ),
  count(
    'count-hold',
    'events before an X are counted again (T2)',
    'state = { seen: [] };',
    'state = { seen: state.seen };',
  ),
  count('count-hold', 'an edge moves the watch that is open (T2)', 'if (!isEdge || state.watch)', 'if (!isEdge)'),
  count('count-hold', 'an X is forgotten (T2)', 'state = { seen: [] };', 'void 0;'),

  absence('absence', 'an X is forgotten (T3)', "roles.has('unless') ? undefined : before", 'before'),
  absence(
    'absence',
    '`timer: first` is as good as none (T3)',
    "timer === 'first' ? watch.dueAt",
    'false ? watch.dueAt',
  ),
  absence(
    'absence',
    'evidence is the first opening event (T15)',
    '{ opening: snapshotOf(event), dueAt }',
    '{ opening: watch?.opening ?? snapshotOf(event), dueAt }',
  ),
  engine(
    'absence',
    'an event at exactly the deadline comes too late (E4)',
    'dueAt < at ? dueAt : undefined',
    'dueAt <= at ? dueAt : undefined',
  ),
  arms('absence', 'an X without a key applies to no key (T0)', "arm.condition.keyless[role] === 'every-key'", 'false'),
  arms(
    'absence',
    'an X with a key of its own is told by the playbook’s (T0)',
    'pattern.key ?? arm.arm.key',
    'arm.arm.key ?? pattern.key',
  ),
  moments('absence', 'a table has no default (T0)', 'row.is === is)?.span ?? span.default', 'row.is === is)?.span'),
  openDays(
    'absence',
    'time that runs out with an interval ends at the next opening (L4)',
    'left <= length',
    'left < length',
  ),
  recompute('absence', 'the deadlines behind a late event are not looked at again (E5)', 'drain(event.at);', ''),

  shortfall(
    'shortfall',
    "an X at the opening's own instant counts (T4)",
    'event.at > watch.opening.at',
    'event.at >= watch.opening.at',
  ),
  shortfall(
    'shortfall',
    'closes at one more than n (T4)',
    'count >= fewerThan ? undefined',
    'count > fewerThan ? undefined',
  ),
  shortfall(
    'shortfall',
    'a later opening event moves the watch (T4)',
    "if (!watch && roles.has('opens'))",
    "if (roles.has('opens'))",
  ),
  shortfall(
    'shortfall',
    'what closes it does not open it again (T4)',
    'watch = count >= fewerThan ? undefined',
    'if (count >= fewerThan) return { state: undefined }; watch = count >= fewerThan ? undefined',
  ),

  drop('drop', "the boundary's own day is looked at (T5)", 'age < 1 ||', 'age < 0 ||'),
  drop('drop', 'the current days are one too few (T5)', 'if (age <= overDays)', 'if (age < overDays)'),
  drop('drop', 'exactly the share is no drop (T5)', '.lte(scaled', '.lt(scaled'),
  drop('drop', 'fires at each true boundary (T5)', 'run === config.sustainedDays ?', 'run >= config.sustainedDays ?'),
  drop(
    'drop',
    'the first boundary is too early (T5)',
    'addDays(date, config.baselineDays + config.overDays)',
    'addDays(date, config.baselineDays)',
  ),
  drop('drop', 'a baseline of exactly m is too small (T5)', 'scaled.gte(', 'scaled.gt('),
  zones(
    'drop',
    'days begin at midnight UTC (T5)',
    'return instantOfLocal(dayOfDate(date) * DAY_MS, zone);',
    "return instantOfLocal(dayOfDate(date) * DAY_MS, 'UTC');",
  ),

  inactivity(
    'inactivity',
    'a later X does not begin the spell anew (T6)',
    "const dueAt = endOf('for', event.at);",
    "const dueAt = before?.dueAt ?? endOf('for', event.at);",
  ),
  inactivity('inactivity', 'the last X is no evidence (T15)', 'evidence: [spell.last.id]', 'evidence: []'),

  sequence(
    'sequence',
    'the last element is too late at exactly w (T7)',
    'event.at > chain.until',
    'event.at >= chain.until',
  ),
  sequence(
    'sequence',
    'one event stands for two elements (T7)',
    'for (let i = length - 1; i > 0; i--)',
    'for (let i = 1; i < length; i++)',
  ),
  sequence('sequence', 'what a firing used is used again (T7)', 'state: undefined,', 'state: chains,'),
  sequence(
    'sequence',
    'the earliest first element is used (T7)',
    "const until = roles.has('0') ?",
    "const until = roles.has('0') && !chains[0] ?",
  ),

  date('date', 'exactly a day past is skipped (T8)', 'at - dueAt > LATEST_MS', 'at - dueAt >= LATEST_MS'),
  date(
    'date',
    'an event of its very instant no longer moves it (E4)',
    'dueAt === at && (event !== undefined || given)',
    'dueAt === at && given',
  ),
  looks(
    'date',
    "the subject's own zone is not asked (T8)",
    'zone: zoneOf(view.world, view.subject, view.place, arm.zone)',
    'zone: arm.zone',
  ),
  zones('date', 'a time in a gap is not moved to its end (T8)', 'return segment.from;', 'return at;'),

  turning('turning', 'what still holds turns again (T9)', 'held !== (before?.held ?? false)', 'true'),
  turning(
    'turning',
    'it need not stay true (T9)',
    'let watch = isOn ? before?.watch : undefined;',
    'let watch = before?.watch;',
  ),
  turning(
    'turning',
    'an event at exactly the deadline comes too late (E4)',
    'if (watch && !event && watch.dueAt <= at)',
    'if (watch && watch.dueAt <= at)',
  ),
  turning(
    'turning',
    'the event that turned it is no evidence (T15)',
    'const by = event ? snapshotOf(event) : null;',
    'const by = null;',
  ),

  traitWindow(
    'traits',
    'an event leaves a window too late (T14)',
    '(entry) => entry.at > at - overMs',
    '(entry) => entry.at >= at - overMs',
  ),
  traitWindow('traits', 'a month begins behind its first instant (T14)', 'entry.at >= start', 'entry.at > start'),
  traitWindow(
    'traits',
    'months are those of UTC (T14)',
    'const { start } = monthOf(at, zone);',
    "const { start } = monthOf(at, 'UTC');",
  ),
  averageGap('traits', 'there are as many gaps as events (T14)', '/ (events - 1)', '/ events'),
  score('traits', 'points grow with age (T14)', '2 ** (-(at - entry.at)', '2 ** ((at - entry.at)'),
  pairs('traits', 'an answer that comes first does not count (T14)', 'counted.includes(by) ||', 'false ||'),

  clock('sla', 'a pause is ignored (L5)', 'input.pausedAfter && draft.pausedSince === undefined', 'false'),
  clock('sla', 'a paused clock stays paused (L5)', '!input.pausedAfter && draft.pausedSince !== undefined', 'false'),
  clock(
    'sla',
    'a retarget forgets what has elapsed (L5)',
    'draft.target = input.target;',
    'draft.target = input.target; draft.elapsed = EMPTY_MEASURE;',
  ),
  clock('sla', 'every clock repeats (L2)', 'policy.repeat && draft.how !== undefined', 'draft.how !== undefined'),
  clock('sla', 'what was cancelled is resumed (L2)', "draft.how !== 'cancelled' && input.resumes", 'input.resumes'),
  running('sla', 'a stop at exactly the deadline is too late (L4)', '(next.at === until && !inclusive)', 'false'),
  sla('sla', 'the nearest of two marks goes furthest (T13)', 'return mark.percent;', 'return 200 - mark.percent;'),
  merge(
    'any',
    'arms of one instant are one firing, whatever their evidence (T13)',
    'firing.evidence.at(-1) ?? firing.arm',
    '0',
  ),

  entry('entry', 'at exactly `again` it is refused (N2)', ' - last >= again.ms', ' - last > again.ms'),
  entry('entry', 'an open enrolment of another key refuses (N1)', 'p.open && p.key === firing.key', 'p.open'),
  entry('entry', '`again` counts from the first enrolment (N2)', 'Math.max(...counted', 'Math.min(...counted'),
  entry('holdout', 'a hundredth is held out (N4)', 'percent * 100', 'percent'),
  hash('holdout', 'the bucket is read from the wrong end (N4)', 'readBigUInt64BE(0)', 'readBigUInt64LE(0)'),
];
