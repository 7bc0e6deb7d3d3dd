/** Why, and why not, in words: the latest first, and of each what happened in its order. */

import type { ArmStanding } from '../../evaluator/explain/look-back.ts';
import { nearest } from '../../language/diagnostics/nearest.ts';
import type { CompiledTrigger, Instant, SubjectRef } from '../../language/model.ts';
import { reasonWithWords } from '../../language/records/reasons.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { withLocalTime } from '../../language/time/local-time.ts';
import { describe, type StoryOf, storyOf } from '../../server/people/story.ts';
import type { FeedTeller } from '../../server/sentences.ts';
import type { ExplainedFiring, ExplainedPlaybook, Explanation } from '../../store/reports/explanations.ts';
import type { NamedSubject } from '../../store/reports/find-subjects.ts';
import { paint, print, printLine } from '../output.ts';
import { printStanding } from './print-standing.ts';

/** What a deferred firing waits for, by its reason; without one, for a journey that lags (N1). */
const DEFERRED_UNTIL: { [reason: string]: string } = {
  '': 'the open enrolment of its key has come to this instant',
  audience: 'the audience lets it in',
  anonymous: 'it is known who the visitor is',
};

export interface ExplainContext {
  /** In the subject's zone. */
  teller: FeedTeller;
  /** Of the subject's timeline. */
  events: readonly { name: string; count: number }[];
  /** How the triggers of deployed playbooks stand with the subject. */
  standings?: readonly ArmStanding[];
  /** One playbook is asked about: how it stands is told also where it has fired. */
  isAsked?: boolean;
}

/** Of somebody who was merged away, and of whom nothing else is to be said (E6). */
export function printMerged(subject: SubjectRef, into: SubjectRef): void {
  printLine(
    `${paint('bold', `${subject.type} ${subject.id}`, process.stdout)}  was merged into ${into.type} ${into.id}:`,
  );
}

/** Prints what an explanation knows of a subject: each firing with what came of it, then what did not fire. */
export function printExplanation(
  subject: SubjectRef & Partial<NamedSubject> & { into?: SubjectRef },
  explanation: Explanation,
  context: ExplainContext,
): void {
  const { firings, decisions, effects, playbooks, olderThan } = explanation;
  const { teller } = context;
  const known = [subject.name, subject.email].filter((one) => typeof one === 'string').join(', ');
  printLine(`${paint('bold', `${subject.type} ${subject.id}`, process.stdout)}${known === '' ? '' : `  ${known}`}`);
  if (subject.into) printLine(`  was merged into ${subject.into.type} ${subject.into.id}, whose story follows`);
  if (firings.length + decisions.length + playbooks.length === 0) {
    printLine('  Events name it. Nothing has been decided about it, and no deployed playbook is about its kind.');
  }
  for (const firing of [...firings].reverse()) {
    print();
    printFiring(firing, teller);
    const own = decisions.filter(({ firingId, enrolmentId }) => firingId === firing.id || enrolmentId === firing.id);
    const done = effects.filter(({ enrolment }) => enrolment === firing.id);
    printStory({ decisions: own, effects: done, isRefused: firing.status === 'refused' }, teller);
    if (firing.status === 'refused' && own.length === 0) {
      printLine(`  refused: ${reasonWithWords(firing.reason ?? 'no reason given')}`);
    }
    if (firing.outcome !== null) printEnd(firing, teller);
    else if (firing.status === 'enrolled') printLine('  still open, as far as was known');
  }
  if (olderThan !== null) print(`\nMore lies before: --before ${isoInstant(olderThan)}`);
  const fired = new Set(firings.map(({ id }) => id));
  const others = decisions.filter((it) => !fired.has(it.firingId ?? '') && !fired.has(it.enrolmentId ?? ''));
  if (others.length > 0) print();
  printStory({ decisions: others, effects: [] }, teller);
  for (const playbook of playbooks) {
    printPlaybook(
      playbook,
      context,
      firings.some((firing) => firing.playbook === playbook.playbook),
    );
  }
}

function printFiring(
  { playbook, key, at, arm, evidence, status, reason, ...late }: ExplainedFiring,
  teller: FeedTeller,
) {
  printLine(`${paint('bold', playbook, process.stdout)}${key === '' ? '' : `, key ${key}`}`);
  const what = late.trigger === null ? 'fired' : `fired: ${describe(late.trigger, arm)}`;
  tell(at, `${what}${evidence.length === 0 ? '' : `; evidence ${evidence.join(', ')}`}`, teller);
  if (late.moved) printLine(`  moved by the late event ${late.undoneBy}`);
  else if (late.undoneBy !== null) printLine(`  taken back by the late event ${late.undoneBy}`);
  if (status === 'deferred') printLine(`  deferred until ${DEFERRED_UNTIL[reason ?? ''] ?? reason}`);
}

function printEnd({ outcome, endReason, endedAt }: ExplainedFiring, teller: FeedTeller): void {
  tell(endedAt!, `ended ${outcome}: ${reasonWithWords(endReason ?? 'steps')}`, teller);
}

function printStory(story: StoryOf, teller: FeedTeller): void {
  for (const { at, text } of storyOf(story, teller)) tell(at, text, teller);
}

function printPlaybook(
  { playbook, status, trigger, waits }: ExplainedPlaybook,
  context: ExplainContext,
  fired: boolean,
): void {
  const { standings = [], isAsked = false, teller } = context;
  if (fired && waits.length === 0 && !isAsked) return;
  print();
  printLine(`${paint('bold', playbook, process.stdout)}${status === 'active' ? '' : ` (${status})`}`);
  if (!fired) printLine(`  has not fired; it fires at ${describe(trigger)}${heard(trigger, context)}`);
  for (const wait of waits) {
    const key = wait.key === '' ? '' : `, key ${wait.key}`;
    const at = withLocalTime(wait.dueAt, context.teller.zone);
    printLine(`  waits${key}: looks at ${at} whether ${describe(trigger, wait.arm)} holds`);
  }
  if (fired && !isAsked) return;
  const own = standings.filter((one) => one.playbook === playbook);
  printStanding(own, teller.zone);
}

/** Names beside those that are waited for: as many as help. */
const SHOWN_EVENTS = 8;

/** Where none of the events that it waits for has come, those that have. */
function heard({ arms }: CompiledTrigger, { events }: ExplainContext): string {
  const awaited = arms.flatMap(({ roles }) => Object.values(roles).flatMap((list) => list.map(({ event }) => event)));
  const has = events.map(({ name }) => name);
  if (awaited.length === 0 || awaited.some((name) => has.includes(name))) return '';
  const near = awaited.flatMap((name) => nearest(name, has) ?? [])[0];
  const listed = events.slice(0, SHOWN_EVENTS).map(({ name, count }) => `${name} (${count})`);
  const came = listed.length === 0 ? 'no event has come' : `what came is ${listed.join(', ')}`;
  return `; ${came}${near === undefined ? '' : `; is \`${near}\` meant?`}`;
}

function tell(instant: Instant, text: string, { zone }: FeedTeller): void {
  printLine(`  ${withLocalTime(instant, zone)}  ${text}`);
}
