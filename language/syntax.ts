/**
 * The seam along which the language grows: a condition or a step brings its keys, its shape and its compilation in one
 * file, and the compiler knows no more of it than is said here.
 */
import type { z } from 'zod';
import type {
  Awaited,
  Calendar,
  CompiledArm,
  EventPattern,
  Expression,
  JourneyNode,
  Json,
  Mark,
  Moment,
  People,
  Person,
  Settings,
  Span,
  SpanOrTable,
  SubjectType,
  Text,
} from './model.ts';
import type { Root } from './roots.ts';
import type { Reader } from './template/formats.ts';

/** The place of a value in a file: keys and indexes from the root of the document. */
export type Path = readonly (string | number)[];

export type { Root };

export interface ExpressionOptions {
  /** Roots that may be read; records of the subject and its relations are always allowed. */
  roots: readonly Root[];
  expects?: 'bool' | 'number' | 'any';
  /** `since_start(…)` may be asked. */
  counts?: boolean;
  /** What is counted over all records may be read without an enrolment: in segments (W3). */
  overviews?: boolean;
}

/** What a condition or a step may ask of the compiler. Every method reports its own diagnostics and goes on. */
export interface CompileContext {
  readonly subject: SubjectType;
  readonly settings: Settings;
  readonly persons: readonly Person[];
  expression(value: unknown, path: Path, options: ExpressionOptions): Expression;
  /** A Handlebars text that sees every name that expressions see (Y2). */
  text(value: unknown, path: Path, roots?: readonly Root[]): Text;
  /** A text that is stored as a value: one that looks like an expression is an error. */
  valueText(value: string, path: Path): Text;
  /** `name`, `{event, where?, key?}`, or a list of these (Y4). */
  events(value: unknown, path: Path, options?: { roots?: readonly Root[] }): EventPattern[];
  /** As `events`, and `{becomes}` and `{sla, mark|is}` too (Y4). */
  awaited(value: unknown, path: Path): Awaited[];
  /**
   * An expression over records that is looked at as they change and as time passes (T9): what time moves in it has to turn
   * at a moment that can be known. `any`: its value may be of any type.
   */
  becomes(value: unknown, path: Path, expects?: 'bool' | 'any'): Expression;
  /** The condition of a segment of the subject's records (T12). */
  segment(name: unknown, path: Path): Expression;
  /** `30s`, `2 business hours`, or a table of these. */
  span(value: unknown, path: Path): SpanOrTable;
  plainSpan(value: unknown, path: Path): Span;
  /** Exact milliseconds only. */
  exactMs(value: unknown, path: Path): number;
  moment(value: unknown, path: Path): Moment;
  mark(value: unknown, path: Path): Mark;
  /** The calendar in which business days count, for what needs one; undefined, and reported, where there is none. */
  calendar(path: Path): Calendar | undefined;
  /** A person, role, `team:<name>`, `channel:<name>`, or a path to one (W1). Checked; kept as it is written. */
  person(value: unknown, path: Path): string;
  /** Checks that the template exists and that every variable in it is known. */
  template(name: unknown, path: Path, given?: readonly string[]): string;
  /** `standard.first_response`: checked to exist. */
  clock(value: unknown, path: Path): { policy: string; clock: string };
  /** The custom activity of that name; undefined, and reported, where there is none (S17). */
  activity(name: string, path: Path): ActivitySyntax | undefined;
  /** Checks that the folder has a playbook of that name, about the same kind of subject (S13). */
  playbook(name: string, path: Path): void;
  /** Checks the values of a step against the shape of what its activity is given, as far as they stand there. */
  checkGiven(given: { [name: string]: Json }, activity: ActivitySyntax, path: Path): void;
  /** Compiles a nested list of steps; `at` (as `steps.2.then`) is the beginning of their paths. */
  steps(value: unknown, path: Path, at: string): JourneyNode[];
  report(code: string, path: Path, message: string, hint?: string): void;
  /** As `report`, about the key at the path and not its value. */
  reportKey(code: string, path: Path, message: string, hint?: string): void;
  /** As `report`, of what compiles and is likely not what was meant. */
  warn(code: string, path: Path, message: string, hint?: string): void;
}

/** The half of a condition that the language sees. */
export interface ConditionSyntax {
  /** The word for it in messages and in compiled arms. */
  kind: string;
  /** The keys that tell it; an object with all of these is this condition. The most specific match wins. */
  keys: readonly string[];
  /** Shape of the whole object, `as` and `key` left out. */
  schema: z.ZodType;
  compile(value: never, path: Path, context: CompileContext): Omit<CompiledArm, 'kind' | 'as' | 'key'>;
  /** In words: "no order.completed within 1 h of cart.updated". */
  describe(arm: CompiledArm): string;
  /** YAML that compiles. */
  example: string;
}

/** What a step compiles to: its node for the workflow, and its config for activities. */
export interface CompiledStepParts {
  node: JourneyNode;
  config: Json;
}

/** The half of a step that the language sees. */
export interface StepSyntax {
  /** The key that names the step. */
  kind: string;
  /** Shape of the whole object, without the keys that every step may have (`id`, `if`, `on_error`, `retry`). */
  schema: z.ZodType;
  compile(value: never, path: Path, at: string, context: CompileContext): CompiledStepParts;
  example: string;
  /** What it does to the world; left out where it only decides or waits. */
  effect?: EffectSyntax;
  /** Whether it holds the journey up by what it says itself (G1); left out where it never does. */
  waits?: (config: never) => boolean;
}

export type MessageClass = 'marketing' | 'transactional' | 'internal';

/** An effect, for those who check it or show it. Its kind, also as the key of its line in `expect` (V2), is the step's. */
export interface EffectSyntax {
  /** The class of the message that it sends to a customer; left out where it sends none. */
  messageClass?: (config: never) => MessageClass;
  /** In words, for the activity feed: `Task for Kim: Call Ada`. */
  sentence(effect: EffectShown, teller: Teller): string;
  /** The keys that its line in `expect` may have beside its own (V2); left out where any may come. */
  line?: readonly string[];
  /** Something outside answers it: a test may say what (V3). */
  isAnswered?: true;
  /** The events (E9) that it puts on timelines; left out where it puts none. */
  tells?: (config: never, subject: SubjectType) => ToldEvent[];
}

/** An event of Cuebook's own that an effect leads to, as far as the playbook says it. */
export interface ToldEvent {
  name: string;
  /** The kind of record that it names. */
  on: SubjectType;
  /** What is known of its properties. */
  properties: { [name: string]: string };
  /** Traits that it writes: the value where it is always the same, else undefined. */
  traits?: { [trait: string]: string | number | boolean | undefined };
}

/** One effect, as the activity feed reads it. */
export interface EffectShown {
  /** The name of the enrolment's subject. */
  subject: string;
  /** What the step's keys came to: its line in `expect`. */
  detail: { [key: string]: Json };
  /** The name of the contact whose id is `detail.to`. */
  recipient: string | null;
  trigger: { [name: string]: Json };
}

/** For whom sentences are written, and who the colleagues are. */
export interface Teller extends Reader {
  people: People;
}

/** What a computed trait's aggregate is to the language (T14). */
export interface AggregateSyntax {
  kind: string;
  example: string;
  /** True where the aggregate takes an expression; false where it takes `true`. */
  needsValue: boolean;
}

/** What a custom activity is to the language (S17). */
export interface ActivitySyntax {
  /** Of the file, and of `do`. */
  name: string;
  /** What it does, in a sentence. */
  description: string;
  /** The shape of `with`. */
  with: z.ZodObject;
  /** The shape of what comes back. */
  answer: z.ZodType;
  /** Whether it may be asked again where nobody knows what became of it (P4). */
  repeatable: boolean;
  /** Of `with`. */
  example: { [name: string]: Json };
}

export interface Registry {
  /** Those of the folder and of Cuebook; left out where none are loaded. */
  activities?: readonly ActivitySyntax[];
  conditions: readonly ConditionSyntax[];
  steps: readonly StepSyntax[];
  aggregates: readonly AggregateSyntax[];
}
