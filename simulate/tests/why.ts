/** The nearest reason for which a line that a test expects did not come. */
import type { ExpectedLine, PlaybookTest } from '../../language/compile.ts';
import { nearest } from '../../language/diagnostics/nearest.ts';
import type { CompiledPlaybook, Instant, Json, PlaybookVersion } from '../../language/model.ts';
import { reasonWithWords } from '../../language/records/reasons.ts';
import { decisionWords, lookedWords } from '../../steps/words/decision-words.ts';
import { conditionOf } from '../../triggers/conditions.ts';
import type { Decided, RunLine } from '../run/types.ts';
import { differences } from './diff.ts';
import type { Shown } from './shown.ts';
import { patternsOf, type Trace } from './trace.ts';
import { subjectText } from './trace-text.ts';

export interface Asked {
  version: PlaybookVersion;
  test: PlaybookTest;
  trace: Trace;
  shown: Shown;
}

type LineOf<T extends RunLine['type']> = RunLine & { type: T };

/** One reason or several, a line each; the one that lies nearest to the instant that the line says first. */
export function whyNot(wanted: ExpectedLine, asked: Asked): string[] {
  const refused = refusedInstead(wanted, asked);
  if (refused) return [refused];
  const firings = linesOf(asked.trace, 'enrolment');
  if (firings.length === 0) return whyNothingFired(asked);
  const entered = nearestTo(
    wanted.at,
    firings.filter((line) => line.refused === null),
  );
  const ended = entered && linesOf(asked.trace, 'outcome').find(({ enrolment }) => enrolment === entered.id);
  // What was refused while a journey was under way did not keep the line away: the journey would have made it.
  const turned = nearestTo(
    wanted.at,
    firings.filter(({ refused: reason, at }) => reason !== null && (!entered || (ended && at >= ended.at))),
  );
  if (!turned || (entered && wanted.at !== undefined && turned.at > wanted.at)) {
    return whyNotInJourney(wanted, asked, entered!, ended);
  }
  const words = decisionWords(`refused: ${turned.refused}`, turned.looked);
  return [`the playbook fired ${asked.shown.at(turned.at)}, and the firing was ${words}`];
}

function linesOf<T extends RunLine['type']>({ traced }: Trace, type: T): LineOf<T>[] {
  return traced.flatMap((one) => (one.what === 'line' && one.line.type === type ? [one.line as LineOf<T>] : []));
}

function decisionsOf({ traced }: Trace): Decided[] {
  return traced.flatMap((one) => (one.what === 'decided' ? [one.decided] : []));
}

/** It was refused; an effect at the very instant goes first. */
function refusedInstead(wanted: ExpectedLine, { trace, shown }: Asked): string | undefined {
  const meant = { ...wanted, fields: { ...wanted.fields } };
  delete meant.at;
  const fitting = linesOf(trace, 'effect').filter(({ effect, detail, refused, at }) => {
    if (refused === null || !(effect in wanted.fields)) return false;
    return differences(meant, { at, kind: effect, fields: detail, refused: null }).length === 0;
  });
  const line = nearestTo(wanted.at, fitting);
  if (!line) return undefined;
  const decided = decisionsOf(trace).find(
    ({ enrolment, path, at, told }) =>
      enrolment === line.enrolment && path === line.step && at === line.at && told?.verdict.startsWith('refused'),
  );
  return `${decisionWords(`refused: ${line.refused}`, decided?.told?.looked ?? {})}; ${shown.at(line.at)}`;
}

function nearestTo<T extends { at: Instant }>(at: Instant | undefined, all: readonly T[]): T | undefined {
  if (at === undefined) return all[0];
  const away = (one: T) => Math.abs(one.at - at);
  return all.reduce<T | undefined>((best, one) => (best && away(best) <= away(one) ? best : one), undefined);
}

/** The journey began: where it turned off, still waits, or had ended. */
function whyNotInJourney(
  wanted: ExpectedLine,
  { trace, shown, version: { playbook } }: Asked,
  { id }: LineOf<'enrolment'>,
  ended: LineOf<'outcome'> | undefined,
): string[] {
  const could = stepsFor(playbook, wanted);
  const [kind = 'line'] = Object.keys(wanted.fields);
  if (could.length === 0 && kind !== 'outcome')
    return [`no step of the playbook makes a line with \`${kind}\` like this`];
  const decided = decisionsOf(trace).filter(({ enrolment }) => enrolment === id);
  const made = new Set(linesOf(trace, 'effect').flatMap(({ enrolment, step }) => (enrolment === id ? [step] : [])));
  const turn = lastTurnAbove(
    could.filter((path) => !made.has(path)),
    decided,
  );
  if (turn?.told) {
    const { path, at, told } = turn;
    const words = decisionWords(told.verdict, told.looked, (instant) => shown.at(instant, ''));
    return [`${shown.step(path)} ${shown.at(at)}: ${words}`];
  }
  if (ended) {
    return [`the journey had ended ${shown.at(ended.at)}: ${ended.outcome}, ${reasonWithWords(ended.reason)}`];
  }
  const last = decided.at(-1);
  if (last?.answer.go === 'sleep') {
    const until = last.answer.until === null ? 'something comes' : shown.at(last.answer.until, '');
    return [`the journey still waits at ${shown.step(last.path)} until ${until}, and the test ends before`];
  }
  return ['the journey began, and no step of it has made this line'];
}

/** The paths of the steps that could make a line. */
function stepsFor({ steps }: CompiledPlaybook, { fields }: ExpectedLine): string[] {
  return Object.values(steps).flatMap(({ kind, config, path }) => {
    const { template } = (config ?? {}) as { template?: string };
    return kind in fields && (template === undefined || template === fields[kind]) ? [path] : [];
  });
}

/** The branch nearest above the steps that could make the line, at which the journey turned elsewhere. */
function lastTurnAbove(could: readonly string[], decided: readonly Decided[]): Decided | undefined {
  for (const path of could) {
    const parts = path.split('.');
    for (let length = parts.length; length > 0; length--) {
      const above = parts.slice(0, length).join('.');
      const found = decided.findLast((one) => one.path === above && one.told !== undefined);
      if (found) return found;
    }
  }
  return undefined;
}

function whyNothingFired({ version, trace, shown }: Asked): string[] {
  const { arms } = version.playbook.trigger;
  const reasons: string[] = [];
  const listened = new Set(arms.flatMap((arm) => patternsOf(arm).map(({ event }) => event)));
  const came = [...listened].filter((name) => trace.names.has(name));
  if (listened.size > 0 && came.length === 0) reasons.push(unheard([...listened], trace));
  for (const name of came) {
    const types = trace.names.get(name)!;
    if (types.has(version.playbook.subject)) continue;
    reasons.push(`\`${name}\` came, and names no ${version.playbook.subject}, which the playbook is about`);
  }
  for (const one of trace.traced.filter(({ what }) => what === 'unmatched').slice(-MAX_REASONS)) {
    if (one.what !== 'unmatched') continue;
    const values = lookedWords(without(one.looked, one.where));
    reasons.push(`\`${one.event}\` ${shown.at(one.at)} does not fit \`${one.where}\`: ${values}`);
  }
  for (const { looked, at, subject, arm } of trace.looks.slice(-MAX_REASONS)) {
    const what = conditionOf(arms[arm]!.kind).describe(arms[arm]!);
    reasons.push(
      `${what}: for ${subjectText(subject)} it came, last looked at ${shown.at(at)}, to ${lookedWords(looked)}`,
    );
  }
  for (const one of trace.traced.filter(({ what }) => what === 'missed').slice(-MAX_REASONS)) {
    if (one.what === 'missed' && one.missed.amount === 1)
      reasons.push(`near miss ${shown.at(one.at)}: ${one.missed.by}`);
  }
  for (const { dueAt, arm } of trace.watches.slice(0, MAX_REASONS)) {
    const what = conditionOf(arms[arm]!.kind).describe(arms[arm]!);
    reasons.push(`${shown.at(dueAt)} it is looked whether ${what} holds, and the test ends before`);
  }
  if (trace.isStillDue) reasons.push('schedules, dates and drops do not keep a test open: say `until`');
  const fires = arms.map((arm) => conditionOf(arm.kind).describe(arm)).join(', or ');
  return [`nothing fired: the playbook fires at ${fires}`, ...reasons.slice(0, 2 * MAX_REASONS)];
}

/** Of each kind of reason. */
const MAX_REASONS = 3;

function unheard(listened: readonly string[], { names }: Trace): string {
  const has = [...names.keys()].filter((name) => !/^(enrolment|email|task|approval)\./.test(name));
  const told =
    has.length === 0 ? 'the test has no event' : `the test has ${has.map((name) => `\`${name}\``).join(', ')}`;
  const near = listened.flatMap((name) => nearest(name, has) ?? [])[0];
  const guess = near === undefined ? '' : `; did you mean \`${near}\`?`;
  return `it waits for ${listened.map((name) => `\`${name}\``).join(' and ')}; ${told}${guess}`;
}

function without(looked: { [name: string]: Json }, name: string): { [name: string]: Json } {
  const { [name]: _, ...rest } = looked;
  return rest;
}
