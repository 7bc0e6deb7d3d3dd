/** What conditions and steps may ask of the compiler (`CompileContext`), over the places of one file. */

import type { TimedTraits } from '../cel.ts';
import { written } from '../diagnostics/written.ts';
import type {
  Awaited,
  Calendar,
  EventPattern,
  Expression,
  JourneyNode,
  Json,
  Mark,
  Moment,
  Person,
  Settings,
  Span,
  SpanOrTable,
  SubjectType,
  Text,
} from '../model.ts';
import { STEP_ROOTS } from '../roots.ts';
import type { ActivitySyntax, ExpressionOptions, Path, Root } from '../syntax.ts';
import { parseMark, parseSpan } from '../time/duration.ts';
import { pathKey } from '../yaml.ts';
import { aroundOf } from './around.ts';
import { expressionAt, NO_EXPRESSION, textAt } from './expressions.ts';
import { activityNamed, checkGivenTo } from './lint/activities.ts';
import { lintExpression, lintText } from './lint/expressions/lint-expression.ts';
import { expressionMeant } from './lint/meant/expression-meant.ts';
import { checkRun } from './lint/together/lint-runs.ts';
import { KNOWN_FIELDS, rootsFor, whyNot } from './names.ts';
import { checkOverviews, checkPerson, checkTemplate, clockOf } from './references.ts';
import type { FileReport } from './report.ts';
import { type FileContext, type PlaybookFrame, Uses, type WorkspaceContext } from './scope.ts';
import { momentOf, noteCalendar, spanOrTable } from './spans.ts';
import { awaitedOf, becomesOf, patternsOf, segmentOf } from './trigger/events.ts';

/** Compiles a nested list of steps; the step compiler gives itself to the context, which knows nothing of steps. */
export type CompileSteps = (value: unknown, path: Path, at: string) => JourneyNode[];

export class Context implements FileContext {
  readonly subject: SubjectType;
  readonly settings: Settings;
  readonly persons: readonly Person[];
  readonly frame: PlaybookFrame;
  readonly world: WorkspaceContext;
  readonly file: FileReport;
  /** Event names that waits, goals and exits look for. */
  readonly listensTo = new Set<string>();
  /** Set once the trigger is compiled: whether an SLA trigger started the playbook. */
  startedByClock = false;
  /** What the part that is compiled now refers to. */
  uses = new Uses();
  compileSteps: CompileSteps = () => [];

  constructor(frame: PlaybookFrame, world: WorkspaceContext, file: FileReport) {
    this.subject = frame.subject;
    this.settings = world.settings;
    this.persons = world.people.persons;
    this.frame = frame;
    this.world = world;
    this.file = file;
  }

  expression(value: unknown, path: Path, options: ExpressionOptions & { compared?: TimedTraits }): Expression {
    const expression = expressionAt(this.file, value, path, {
      ...options,
      roots: rootsFor(this.subject, options.roots),
      known: this.#knownFields(),
      why: (root) => whyNot(root, this.subject),
      around: aroundOf(this),
    });
    if (expression !== NO_EXPRESSION) lintExpression(this, expression, path, options.expects === 'bool');
    for (const read of expression.reads) this.uses.reads.add(read);
    for (const count of expression.counts) this.uses.counts.add(count);
    return expression;
  }

  text(value: unknown, path: Path, roots: readonly Root[] = STEP_ROOTS): Text {
    const text = textAt(this.file, value, path, [...rootsFor(this.subject, roots), 'now']);
    for (const read of text.reads) this.uses.reads.add(read);
    checkOverviews(this, text.reads, path);
    lintText(this, text, path);
    return text;
  }

  valueText(value: string, path: Path): Text {
    const roots = [...rootsFor(this.subject, STEP_ROOTS), 'now'];
    const meant = expressionMeant(value, roots, this.file.file.spans.get(pathKey(path))?.plain === true);
    if (meant !== undefined) this.file.at(path, { code: 'CB332', ...meant });
    return this.text(value, path);
  }

  events(value: unknown, path: Path, options: { roots?: readonly Root[] } = {}): EventPattern[] {
    return patternsOf(this, value, path, options.roots ?? ['event']);
  }

  awaited(value: unknown, path: Path): Awaited[] {
    return awaitedOf(this, value, path);
  }

  becomes(value: unknown, path: Path, expects: 'bool' | 'any' = 'bool'): Expression {
    return becomesOf(this, value, path, { expects });
  }

  segment(value: unknown, path: Path): Expression {
    return segmentOf(this, value, path);
  }

  span(value: unknown, path: Path): SpanOrTable {
    return spanOrTable(this, value, path);
  }

  plainSpan(value: unknown, path: Path): Span {
    const read = parseSpan(value);
    if ('error' in read) {
      this.file.at(path, { code: 'CB211', message: read.error, hint: read.hint });
      return { kind: 'exact', ms: 1 };
    }
    noteCalendar(this, read.span, path);
    return read.span;
  }

  exactMs(value: unknown, path: Path): number {
    const read = parseSpan(value);
    if (!('error' in read) && read.span.kind === 'exact') return read.span.ms;
    const hint = 'write an exact duration: 30m, 4h, 2d, 1w';
    const message =
      'error' in read ? read.error : `\`${written(value)}\` is counted in a calendar, and an exact duration is needed`;
    this.file.at(path, { code: 'CB211', message, hint: 'error' in read ? read.hint : hint });
    return 1;
  }

  moment(value: unknown, path: Path): Moment {
    return momentOf(this, value, path);
  }

  calendar(path: Path): Calendar | undefined {
    const found = aroundOf(this).ownCalendar();
    if (found === undefined || !('error' in found)) return found;
    this.report(found.code ?? 'CB505', path, found.error, found.hint);
    return undefined;
  }

  mark(value: unknown, path: Path): Mark {
    const read = parseMark(value);
    if (!('error' in read)) return read.mark;
    this.file.at(path, { code: 'CB213', message: read.error, hint: read.hint });
    return { kind: 'breach' };
  }

  person(value: unknown, path: Path): string {
    return checkPerson(this, value, path);
  }

  template(name: unknown, path: Path, given?: readonly string[]): string {
    return checkTemplate(this, name, path, given);
  }

  activity(name: string, path: Path): ActivitySyntax | undefined {
    return activityNamed(this, name, path);
  }

  playbook(name: string, path: Path): void {
    checkRun(this, name, path);
  }

  checkGiven(given: { [name: string]: Json }, activity: ActivitySyntax, path: Path): void {
    checkGivenTo(this.file, given, activity, path);
  }

  clock(value: unknown, path: Path): { policy: string; clock: string } {
    return clockOf(this, value, path);
  }

  steps(value: unknown, path: Path, at: string): JourneyNode[] {
    return this.compileSteps(value, path, at);
  }

  reportKey(code: string, path: Path, message: string, hint?: string): void {
    this.file.key(path, { code, message, ...(hint === undefined ? {} : { hint }) });
  }

  report(code: string, path: Path, message: string, hint?: string): void {
    this.file.at(path, { code, message, hint });
  }

  warn(code: string, path: Path, message: string, hint?: string): void {
    this.file.at(path, { severity: 'warning', code, message, hint });
  }

  /** Runs `work`, and gives its result with what it referred to. */
  gather<T>(work: () => T): { result: T; uses: Uses } {
    const before = this.uses;
    const uses = new Uses();
    this.uses = uses;
    try {
      return { result: work(), uses };
    } finally {
      this.uses = before;
    }
  }

  #knownFields(): { [root: string]: readonly string[] } {
    const segments = this.world.segments.map((segment) => segment.name);
    return { ...KNOWN_FIELDS, steps: this.frame.stepIds, mine: segments, all: segments };
  }
}
