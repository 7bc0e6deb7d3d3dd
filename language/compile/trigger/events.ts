/** Events by name and pattern, and what waits, goals and exits look for (Y4). */

import type { TimedTraits } from '../../cel.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import { isJsonObject } from '../../json.ts';
import type { Awaited, ComputedTrait, EventPattern, Expression, Refers } from '../../model.ts';
import { DUPLICATES } from '../../records/lists/overviews.ts';
import { JOURNEY_ROOTS, type Root } from '../../roots.ts';
import type { ExpressionOptions, Path } from '../../syntax.ts';
import { kindOf } from '../../time/duration.ts';
import { NO_EXPRESSION } from '../expressions.ts';
import { isClockEvent } from '../names.ts';
import type { FileContext } from '../scope.ts';
import { eventMeant } from './event-slips.ts';
import { keyOf } from './keys.ts';

const PATTERN_KEYS = ['event', 'where', 'key'];
const EVENT_NAME = /^\S(?:.{0,198}\S)?$/;

/** `name`, `{event, where?, key?}`, or a list of these; `event` may itself be a list, of which all share the rest. */
export function patternsOf(context: FileContext, value: unknown, path: Path, roots: readonly Root[]): EventPattern[] {
  if (Array.isArray(value)) {
    if (value.length === 0) context.report('CB202', path, 'the list of events is empty', 'name one');
    return value.flatMap((item, i) => patternsOf(context, item, [...path, i], roots));
  }
  if (typeof value === 'string' && EVENT_NAME.test(value)) {
    if (value.includes('*')) {
      const message = `\`${value}\` is one name, with a star in it: events are named one by one`;
      context.report('CB615', path, message, 'write a list: event: [order.placed, order.paid]');
    }
    const meant = eventMeant(value);
    if (meant !== undefined) context.report('CB617', path, meant.message, meant.hint);
    const several = meant === undefined ? eventsIn(value) : undefined;
    if (several !== undefined) {
      const message = `\`${value}\` is one name, and looks like ${several.length}`;
      const list = `[${several.join(', ')}]`;
      context.file.at(path, { code: 'CB616', message, hint: `write a list: ${list}`, fix: list });
    }
    if (isClockEvent(value))
      for (const policy of Object.keys(context.world.policies)) context.uses.policies.add(policy);
    return [{ event: value }];
  }
  if (!isJsonObject(value) || value.event === undefined) {
    const came = isJsonObject(value) ? `a map of ${Object.keys(value).join(', ') || 'nothing'}` : kindOf(value);
    const condition = isJsonObject(value) ? (value.if ?? value.condition ?? value.when) : undefined;
    const hint =
      typeof condition === 'string' ? `write { becomes: ${condition} }` : 'write its name, or { event: …, where: … }';
    context.report('CB202', path, `an event is needed here, not ${came}`, hint);
    return [];
  }
  onlyKeys(context, value, path, PATTERN_KEYS);
  const named = patternsOf(context, value.event, [...path, 'event'], roots);
  const { where, key } = value;
  const shared: Omit<EventPattern, 'event'> = {};
  if (where !== undefined) shared.where = context.expression(where, [...path, 'where'], { roots, expects: 'bool' });
  if (key !== undefined) shared.key = keyOf(context, key, [...path, 'key'], roots);
  return named.map((pattern) => joined(pattern, shared));
}

/** The names in a text that is meant as several: parted by commas, bars, `or` or `and`. Names with blanks may have commas. */
function eventsIn(text: string): string[] | undefined {
  const names = text.split(/\s*(?:,|\|{1,2}|&&)\s*|\s+(?:or|and)\s+/i);
  const isList = names.length > 1 && names.every((name) => /^[\w:-]+(?:\.[\w:-]+)+$/.test(name));
  return isList ? names : undefined;
}

/** A member's own `where` and the one that all share must both hold. */
function joined(pattern: EventPattern, shared: Omit<EventPattern, 'event'>): EventPattern {
  const { where } = pattern;
  if (where === undefined || shared.where === undefined) return { ...shared, ...pattern };
  return { ...shared, ...pattern, where: bothHold(where, shared.where) };
}

/** Two conditions as one that holds where both do. */
export function bothHold(a: Expression, b: Expression): Expression {
  const refers = bothRefer(a.refers, b.refers);
  return {
    cel: `(${a.cel}) && (${b.cel})`,
    reads: [...new Set([...a.reads, ...b.reads])].sort(),
    counts: [...new Set([...a.counts, ...b.counts])].sort(),
    timed: a.timed || b.timed,
    ...(refers && { refers }),
  };
}

function bothRefer(a: Refers | undefined, b: Refers | undefined): Refers | undefined {
  if (!a || !b) return a ?? b;
  return { ...a, ...b, segments: { ...a.segments, ...b.segments }, calendars: { ...a.calendars, ...b.calendars } };
}

/** What an event of a wait, goal or exit may be compared with. */
const AWAITED_ROOTS: readonly Root[] = ['event', ...JOURNEY_ROOTS];

export function awaitedOf(context: FileContext, value: unknown, path: Path): Awaited[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => awaitedOf(context, item, [...path, i]));
  if (isJsonObject(value) && value.becomes !== undefined) {
    onlyKeys(context, value, path, ['becomes']);
    return [
      {
        kind: 'becomes',
        becomes: becomesOf(context, value.becomes, [...path, 'becomes'], { roots: JOURNEY_ROOTS }),
      },
    ];
  }
  for (const key of ['enters', 'leaves'] as const) {
    if (!isJsonObject(value) || value[key] === undefined) continue;
    onlyKeys(context, value, path, [key]);
    const becomes = inSegment(value[key], segmentOf(context, value[key], [...path, key]), key === 'enters');
    return [{ kind: 'becomes', becomes }];
  }
  if (isJsonObject(value) && value.sla !== undefined) return clockAwaited(context, value, path);
  return patternsOf(context, value, path, AWAITED_ROOTS).map((pattern) => {
    context.listensTo.add(pattern.event);
    return { kind: 'event', ...pattern };
  });
}

/** An expression that turns (T9): what time changes in it has to turn at a moment that can be known. */
export function becomesOf(
  context: FileContext,
  value: unknown,
  path: Path,
  { roots = [], expects = 'bool', ...rest }: Partial<ExpressionOptions> = {},
): Expression {
  return context.expression(value, path, { ...rest, roots, expects, compared: timedTraitsOf(context.world.traits) });
}

/** Being in a segment, or not, as a condition that turns when the segment's own does. */
function inSegment(name: unknown, segment: Expression, isIn: boolean): Expression {
  const { reads, timed, turns } = segment;
  const cel = `${isIn ? '' : '!'}in_segment(${JSON.stringify(name)})`;
  return { cel, reads, counts: [], timed, ...(turns && { turns }), refers: { segments: { [written(name)]: segment } } };
}

function timedTraitsOf(traits: readonly ComputedTrait[]): TimedTraits {
  return Object.fromEntries(
    traits.flatMap(({ subject, name, kind, value, tiers }): [string, TimedTraits[string]][] => {
      const path = `${subject}.${name}`;
      if (kind === 'score') return [[path, { kind }]];
      if (kind === 'formula' && value) return [[path, { kind, cel: value.cel }]];
      return kind === 'tiers' && tiers ? [[path, { kind, ifs: tiers.rows.map((row) => row.if.cel) }]] : [];
    }),
  );
}

/** The condition of a segment of the subject's records (T12); the version then refers to it. */
export function segmentOf(context: FileContext, value: unknown, path: Path): Expression {
  const segment = context.world.segments.find((s) => s.name === value);
  if (segment === undefined && context.world.faulty.has('segment', value)) {
    context.file.spoil();
    return NO_EXPRESSION;
  }
  if (segment === undefined) {
    const names = context.world.segments.filter((s) => s.subject === context.subject).map((s) => s.name);
    context.file.unknownName(path, { code: 'CB509', what: 'segment', name: written(value), known: names });
    return NO_EXPRESSION;
  }
  if (segment.subject !== context.subject) {
    const message = `\`${segment.name}\` is a segment of ${segment.subject}s, and the subject here is ${context.subject}`;
    context.report(
      'CB509',
      path,
      message,
      `write subject: ${segment.subject}, or name a segment of ${context.subject}s`,
    );
    return NO_EXPRESSION;
  }
  if (segment.expression.reads.includes(DUPLICATES)) {
    const message = `\`${segment.name}\` reads \`${DUPLICATES}\`, which is read in steps alone`;
    context.report('CB307', path, message, `ask for it in a step: if: in_segment("${segment.name}")`);
    return NO_EXPRESSION;
  }
  context.uses.segments.add(segment.name);
  return segment.expression;
}

const STATES = ['met', 'breached', 'stopped'] as const;
type State = (typeof STATES)[number];

function clockAwaited(context: FileContext, value: { [key: string]: unknown }, path: Path): Awaited[] {
  onlyKeys(context, value, path, ['sla', 'mark', 'is']);
  if ((value.mark === undefined) === (value.is === undefined)) {
    context.report(
      'CB203',
      path,
      'a clock is waited for by its `mark` or by what it `is`',
      'write mark: breach, or is: met',
    );
    return [];
  }
  const state = STATES.find((s) => s === value.is);
  if (value.is !== undefined && state === undefined) {
    context.report(
      'CB202',
      [...path, 'is'],
      `\`${written(value.is)}\` is not a state of a clock`,
      didYouMean(written(value.is), STATES),
    );
    return [];
  }
  const what: { mark?: ReturnType<FileContext['mark']>; is?: State } = {};
  if (value.mark !== undefined) what.mark = context.mark(value.mark, [...path, 'mark']);
  if (state !== undefined) what.is = state;
  if (value.sla === 'trigger.clock') {
    if (!context.startedByClock) {
      const hint = 'name the clock: sla: standard.first_response';
      context.report('CB508', [...path, 'sla'], 'no SLA trigger starts this playbook', hint);
    }
    return [{ kind: 'sla-of-trigger', ...what }];
  }
  return [{ kind: 'sla', ...context.clock(value.sla, [...path, 'sla']), ...what }];
}

function onlyKeys(context: FileContext, value: { [key: string]: unknown }, path: Path, known: readonly string[]): void {
  for (const key of Object.keys(value)) if (!known.includes(key)) context.file.unknownKey([...path, key], known);
}
