/** `never` over the histories of `for_all` (V3): each is played as a test is; the shortest that breaks it is told. */
import { hash } from 'node:crypto';
import fc from 'fast-check';
import type { PlaybookTest } from '../../language/compile.ts';
import type { Instant, Json, PlaybookVersion } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import { keysOfEvent } from '../../triggers/engine/evaluation-view.ts';
import { run } from '../run/run.ts';
import type { Consumed, RunInput, RunLine } from '../run/types.ts';
import { cameLine } from './came.ts';
import { type CameLine, differences } from './diff.ts';
import { type Drawn, historiesOf, withHistory } from './histories.ts';
import { cameText, pasted, shortInstant } from './shown.ts';

/** How many histories a test tries: the same ones every time. */
const HISTORIES = 300;

/** A history that breaks what a test says, as it ends. */
export interface Broken {
  history: Drawn[];
  /** What came, and never was to. */
  line: CameLine;
  /** The event after which it came. */
  after: Instant | undefined;
  /** All that came. */
  came: CameLine[];
}

export type NeverResult = { broken: Broken; test: PlaybookTest } | { fault: string } | undefined;

type InputOf = (test: PlaybookTest) => RunInput | { faults: string[] };

/**
 * @param inputOf what a test plays, or why it is not taken
 * @returns undefined where it holds
 */
export function neverOver(version: PlaybookVersion, test: PlaybookTest, inputOf: InputOf): NeverResult {
  const generated = test.generated!;
  let fault: string | undefined;
  let seen = 0;
  const breaks = (history: readonly Drawn[]): Broken | undefined => {
    const input = inputOf(withHistory(test, history));
    if ('faults' in input) {
      fault ??= input.faults.join('\n');
      return undefined;
    }
    const played = play(version, test, input);
    if (played.isSeen) seen += 1;
    return played.broken && { ...played.broken, history: [...history] };
  };
  const seed = hash('sha256', `${version.playbook.playbook} ${test.it}`, 'buffer').readInt32BE(0);
  const histories = historiesOf(generated, version);
  const checked = fc.check(
    fc.property(histories, (history) => breaks(history) === undefined),
    { numRuns: HISTORIES, seed },
  );
  if (checked.errorInstance !== null && checked.errorInstance !== undefined && isThrown(checked.errorInstance)) {
    throw checked.errorInstance;
  }
  if (fault !== undefined) return { fault };
  if (checked.failed && checked.counterexample) {
    const history = shortest(checked.counterexample[0], (one) => breaks(one) !== undefined);
    return { broken: breaks(history)!, test: withHistory(test, history) };
  }
  if (seen > 0) return undefined;
  return { fault: emptyFault(test) };
}

/** What the property itself says is no error of the run. */
function isThrown(error: unknown): boolean {
  return error instanceof Error && !/^Property failed/.test(error.message);
}

/** What no history brings cannot come at the wrong time either: such a test says nothing. */
function emptyFault({ generated }: PlaybookTest): string {
  const { never, line } = generated!;
  const what =
    never.after === undefined ? 'did the playbook begin' : `did \`${wordsOf(never.line)}\` come, at any time`;
  return `line ${line}: in none of ${HISTORIES} histories ${what}: the test could not fail. Give \`for_all\` the events that bring it, or more time by \`within\``;
}

/** Without one event after the other, as long as it still breaks; the time of the others stays as it is. */
function shortest(history: readonly Drawn[], breaks: (history: readonly Drawn[]) => boolean): Drawn[] {
  let kept = [...history];
  for (let i = 0; i < kept.length; ) {
    const { gapMs } = kept[i]!;
    const without = kept.toSpliced(i, 1).map((one, n) => (n === i ? { ...one, gapMs: one.gapMs + gapMs } : one));
    if (breaks(without)) kept = without;
    else i += 1;
  }
  return kept;
}

interface Played {
  broken: Omit<Broken, 'history'> | undefined;
  /** The line came, at whatever time; without `after`: the playbook began. */
  isSeen: boolean;
}

/** Plays one history. What comes within an instant comes in the order in which the run does it (E4). */
function play(version: PlaybookVersion, test: PlaybookTest, input: RunInput): Played {
  const { never, line: at } = test.generated!;
  const { arms } = version.playbook.trigger;
  const zone = version.playbook.timeZone ?? input.settings.timeZone;
  const open = new Forbidden(never.after === undefined);
  const came: CameLine[] = [];
  let broken: { line: CameLine; after: Instant | undefined } | undefined;
  let isSeen = false;
  const onConsumed = ({ event, subject, world }: Consumed) => {
    if (event.name !== never.after && event.name !== never.until) return;
    const view = { world, subject, place: placeOfEvent(event), event, zone };
    const keys = arms.map((arm) => (arm.key ? keysOfEvent(view, arm.key, event, arm.as) : []));
    // Without a key's value an event is about every key (T0).
    const about = keys.some((some) => some.length === 0) ? undefined : new Set(keys.flat());
    if (event.name === never.after) open.begin(subjectKey(subject), about, event.at);
    else open.end(subjectKey(subject), about);
  };
  run({ ...input, onConsumed }, (one) => {
    if (never.after === undefined) isSeen ||= one.type === 'enrolment' && one.refused === null;
    const line = cameLine(one, version.playbook.playbook);
    if (line === undefined) return;
    came.push(line);
    if (differences({ line: at, fields: never.line }, line).length > 0) return;
    isSeen = true;
    const { subject, key } = one as RunLine & { type: 'effect' };
    const since = open.since(subjectKey(subject), key);
    if (since !== undefined) broken ??= { line, after: since.at };
  });
  return { broken: broken && { ...broken, came }, isSeen };
}

/** For whom, and for which of their keys, `after` has come and `until` has not. */
class Forbidden {
  readonly #always: boolean;
  /** By subject, then key; '*' is every key, those that ended since left out. */
  readonly #since = new Map<string, { all: Instant | undefined; keys: Map<string, Instant | undefined> }>();

  constructor(always: boolean) {
    this.#always = always;
  }

  begin(subject: string, keys: ReadonlySet<string> | undefined, at: Instant): void {
    const known = this.#since.get(subject) ?? { all: undefined, keys: new Map<string, Instant | undefined>() };
    this.#since.set(subject, known);
    if (keys === undefined) this.#since.set(subject, { all: at, keys: new Map() });
    else for (const key of keys) known.keys.set(key, at);
  }

  end(subject: string, keys: ReadonlySet<string> | undefined): void {
    if (keys === undefined) this.#since.delete(subject);
    else for (const key of keys) this.#since.get(subject)?.keys.set(key, undefined);
  }

  since(subject: string, key: string): { at: Instant | undefined } | undefined {
    if (this.#always) return { at: undefined };
    const known = this.#since.get(subject);
    const at = known?.keys.has(key) ? known.keys.get(key) : known?.all;
    return at === undefined ? undefined : { at };
  }
}

/** The history as events of a test, to be pasted there, and what came of it. */
export function brokenText({ broken, test }: { broken: Broken; test: PlaybookTest }): string {
  const { never, line } = test.generated!;
  const after =
    broken.after === undefined ? '' : `\n  after \`${String(never.after)}\` at ${shortInstant(broken.after)}`;
  let at: Instant = 0;
  const events = test.events.flatMap((event) => {
    at = 'at' in event.time ? event.time.at : at + event.time.afterMs;
    return event.kind === 'event' ? [pasted({ at: shortInstant(at), event: event.event, ...event.properties })] : [];
  });
  return [
    `line ${line}: came, and is never to:\n  ${cameText(broken.line)}${after}`,
    'the shortest history that breaks it:',
    ...(events.length === 0 ? ['  no event at all'] : events.map((event) => `  ${event}`)),
    'all that came of it:',
    ...broken.came.map((one) => `  ${cameText(one)}`),
  ].join('\n');
}

function wordsOf(line: { [key: string]: Json }): string {
  return pasted(line).replace(/^- \{ | \}$/g, '');
}
