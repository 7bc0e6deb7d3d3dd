/**
 * The interface of every step: its words (the language's half) and its decision, a pure function of facts. Activities and
 * the virtual-time runner fetch the facts, call it, and write what it decided.
 */

import type { WrongValue } from '../language/cel/wrong-types.ts';
import type {
  CompiledStep,
  Expression,
  Instant,
  Json,
  Mark,
  Moment,
  People,
  Person,
  PlaybookVersion,
  RecordType,
  Settings,
  SpanOrTable,
  SubjectRef,
  Text,
  Traits,
} from '../language/model.ts';
import type { Addressee } from '../language/records/people.ts';
import type { Suppression } from '../language/records/suppression.ts';
import type { EffectSyntax, MessageClass, StepSyntax } from '../language/syntax.ts';
import type { Lengths } from '../language/text.ts';
import type { Answer, Command, OutcomeName } from '../workflows/journey/types.ts';
import type { StepTitle } from './words/title-words.ts';

/** One enrolment, as its steps see it. */
export interface EnrolmentFacts {
  id: string;
  playbook: string;
  subject: SubjectRef;
  key: string;
  trigger: { [name: string]: Json };
  startedAt: Instant;
  ghost: boolean;
}

/** A clock of a service level at the journey's instant. */
export interface ClockView {
  /** When a mark comes if nothing else happens; undefined while it cannot come. */
  dueAt(mark: Mark): Instant | undefined;
  /** When the mark was reached, if it was. */
  reached(mark: Mark): boolean;
  is(what: 'met' | 'breached' | 'stopped'): boolean;
  /** True when no mark of the instance can come any more (L2). */
  over: boolean;
}

/** What a step may read that is fetched as it is, as of the journey's instant. */
export interface FetchedFacts {
  version: PlaybookVersion;
  settings: Settings;
  enrolment: EnrolmentFacts;
  /** Now, by the one clock (architecture, decision 13). */
  now: Instant;
  /** The journey's instant (S0). */
  at: Instant;
  /** Stored arm of an experiment (S5), or one that a test names. */
  arm(experiment: string): string | undefined;
  /** The next instant after the journey's at which time alone may turn a condition; undefined where it cannot. */
  nextThresholdAt(condition: Expression): Instant | undefined;
  /** Whether the last `ticket.solved` came after the last `ticket.reopened` (S7). */
  solved(ticketId: string): boolean;
  /** What the wait at this place has found so far (decision 6). */
  match: { arm: number; at: Instant; properties: { [name: string]: Json } } | undefined;
  /** When the step at this place began: the instant of its first command. */
  beganAt: Instant;
  /** How many open tasks a colleague has. */
  openTasks(person: string): number;
  /** When this playbook's `assign` last chose a colleague, by the number of the turn; undefined where it never did. */
  lastTurn(person: string): number | undefined;
  /** Tasks of the enrolment that are not done, and that nobody has withdrawn. */
  ownTasks(): readonly TaskPlace[];
  /** Everyone to whom this enrolment assigned the subject (S16). */
  tried(): readonly string[];
  /** What gates read for a message to a contact. */
  gates: GateFacts;
}

/** The task of one step of one enrolment. */
export interface TaskPlace {
  path: string;
  iteration: string;
}

/** Everything that a step may read. Each call is synchronous: the data was fetched before. */
export interface Facts extends FetchedFacts {
  /** Values of the wrong type that were met so far (T0), by the expression that met them. */
  wrongTypes: Map<string, WrongValue>;
  /** Paths that a text printed, and under which nothing was (S20). */
  emptyValues: Set<string>;
  /** Notes what texts that are rendered later will find empty among `names`. */
  looksEmpty(texts: readonly string[], names: { readonly [root: string]: unknown }): void;
  people: People;
  /** The zone of durations and dates: the subject's, then the playbook's, then UTC. */
  zone: string;
  holds(expression: Expression): boolean;
  value(expression: Expression): Json | undefined;
  /** A Handlebars text; one whole `{{ … }}` keeps its value's type (Y2). */
  text(text: Text, how?: Lengths & { locale?: string | undefined }): Json;
  /** The roots as texts and templates see them, of what they read. */
  names(reads: readonly string[]): { readonly [root: string]: unknown };
  /** A Handlebars text as words, for a reader in a zone; by default the subject's. */
  words(text: Text, readerZone?: string): string;
  /** Where a moment lands when it is counted from an instant; undefined where its date is absent. */
  from(instant: Instant): { moment(moment: Moment): Instant | undefined };
  /** The end of a span from an instant; undefined where a table has no fitting row. */
  endOf(span: SpanOrTable, from: Instant): Instant | undefined;
  /** The person or address that `assign`, `to`, `notify` lead to (W1). */
  addressee(ref: string): Addressee;
  /** Who gets what was meant for some persons of some teams, all of whom are away: a fallback, else the owner (W1). */
  inPlaceOf(persons: readonly Person[], teams: readonly string[]): Addressee;
  /** The value of a path such as `account.main_contact`. */
  path(ref: string): Json | undefined;
  /** A record's traits; undefined where there is none. */
  record(type: RecordType, id: string): Traits | undefined;
  /** The subject of that type: itself, or the relation that its traits name. */
  related(type: RecordType): { id: string; traits: Traits } | undefined;
  /** The instance of `sla: trigger.clock`, or the subject's running one of another clock. */
  clock(policy: string | undefined, clock: string | undefined): ClockView | undefined;
}

export interface GateFacts {
  /** When messages of the class to the person took their places, after `since`, ascending; this effect left out (P2). */
  reservedAt(contactId: string, messageClass: string, since: Instant): Instant[];
  /** Of the contact, and of whoever has the same address. */
  suppression(contactId: string): Suppression | undefined;
  jitter(subjectId: string, localDate: string): number;
}

/**
 * What a decision changes: a closed set of operations, which `evaluation/journey-store.ts` carries out on the store and in
 * virtual time alike.
 */
export type Write =
  /** Patches a record, and writes `<type>.updated`. */
  | { write: 'traits'; type: RecordType; id: string; traits: Traits }
  | {
      write: 'task';
      title: string;
      assignee: string | null;
      dueAt: Instant | null;
      priority: string;
      checklist: Json | null;
    }
  /** A line of a mail that the journey does not wait for. */
  | { write: 'mail-line'; line: MailLine }
  /** By its place in the enrolment. */
  | { write: 'withdraw-task'; path: string; iteration: string }
  | { write: 'outcome'; name: string; value: Json | null; ghost: boolean }
  /** The subject's arm of an experiment (S5). */
  | { write: 'assignment'; experiment: string; arm: string }
  /** The subject was assigned to a colleague, who had a turn (S16). */
  | { write: 'tried'; person: string; from?: string }
  /** Another playbook begins for the subject (S13). */
  | { write: 'run'; runs: string; waits: boolean }
  /** What the step has run is waited for no longer. */
  | { write: 'recall' }
  /** The step begins to wait for what its config's `arms` look for. */
  | { write: 'subscribe'; since: Instant; until: Instant | null }
  | { write: 'unsubscribe' }
  | { write: 'end'; outcome: OutcomeName; reason: string; event: string | null };

/** What the config of every step with a message to customers holds. */
export interface MessageConfig {
  channel: string;
  template: string;
  messageClass: MessageClass;
  topic?: string;
  /** A path to a contact; left out for the subject's own. */
  to?: string;
  /** After its step began (P5). */
  usefulForMs?: number;
}

/** A colleague, or a channel with its address. */
export interface Recipient {
  person?: string;
  address?: string;
  channel?: string;
}

/** What one recipient is told of a step by a mail of its own time. */
export interface MailLine {
  /** One of a digest (S11), or of several tasks; a single task. */
  kind: 'digest' | 'tasks' | 'task';
  to: Recipient;
  /** Of a digest; a task is read as it is when the mail leaves. */
  text: string | null;
  /** When it leaves. */
  dueAt: Instant;
  /** When the next one leaves, where that one has left already. */
  otherwiseAt: Instant;
}

/** What is claimed now and handed over after the commit (P4). */
export type Outgoing = OutgoingMessage | OutgoingRequest | OutgoingCall;

/** A message to a contact, or to colleagues. */
export interface OutgoingMessage {
  kind: 'message';
  channel: string;
  messageClass: MessageClass;
  template?: string;
  topic?: string;
  /** For `notify` with a text. */
  text?: string;
  subject?: string;
  with?: { [name: string]: Json };
  /** What its readers are asked for: the mail has a link to where they answer. */
  asks?: 'approval' | 'task';
  /** What it is about: the mail has a link to its page in the app. */
  about?: SubjectRef;
  /** A contact, or colleagues. */
  contactId?: string;
  recipients?: Recipient[];
  /** Whether it is sent again where nobody knows if it went out; by its class unless said (P4). */
  onUnknown?: OnUnknown;
}

export type OnUnknown = 'resend' | 'hold';

/** A signed request to another system (S10). */
export interface OutgoingRequest {
  kind: 'request';
  url: string;
  /** JSON. */
  body: string;
}

/** A call of a custom activity (S17). */
export interface OutgoingCall {
  kind: 'call';
  activity: string;
  input: { [name: string]: Json };
  /** Whether it may be asked again where nobody knows what became of it. */
  repeatable: boolean;
}

/** What came back of a request or a call, as later steps see it (S10, S17). */
export type Reply =
  | { status: 'done'; context: { [name: string]: Json } }
  | { status: 'refused'; reason: string; context: { [name: string]: Json } };

/** The line of an effect in `expect` (V2): the step with what its keys came to. */
export interface EffectLine {
  detail: { [key: string]: Json };
  refused?: string;
}

export interface StepDecision {
  answer: Answer;
  writes?: Write[];
  line?: EffectLine;
  /** What waits to leave (P1, P2): its line where the enrolment ends first. */
  held?: EffectLine;
  /** To be handed over; the answer then counts once that is done. */
  outgoing?: Outgoing;
  /** What a ghost would have sent: it takes a place against the ghost itself (P2). */
  withheld?: OutgoingMessage;
  /** What later steps see as `steps.<id>`. */
  context?: { [name: string]: Json };
  /** The values that the decision read (V5). */
  evaluated?: Json;
  /** Values of the wrong type that it met (T0); in `evaluated`, too. */
  wrongTypes?: readonly WrongValue[];
  /** What its texts printed, and was not there (S20); in `evaluated`, too. */
  emptyValues?: readonly string[];
}

export interface StepEffect extends EffectSyntax {
  /** What its decisions may have handed over, where that is no message. */
  handsOver?: Outgoing['kind'];
  /** Set where the effect is withheld from ghosts (N4): what the decision then leaves of these two. */
  withheldFromGhosts?: Pick<StepDecision, 'context' | 'evaluated'>;
}

export interface Step extends StepSyntax {
  effect?: StepEffect;
  /** What it is called in a picture or a sentence, by its config. */
  title(step: CompiledStep): StepTitle;
  /** What leads into each of its arms, in their order; undefined for one that says nothing of itself. */
  arms?(step: CompiledStep): (string | undefined)[];
  /** It may wait for somebody's answer behind its effect; its config is then a `WaitForConfig`, too. */
  asks?: true;
  /** Its decisions depend on turns (S16): those of one playbook are made one after the other. */
  takesTurns?: boolean;
  /** What a backtest shows in place of a decision that a history cannot give (V4). */
  inBacktest?(step: CompiledStep, decision: StepDecision): StepDecision;
  decide(step: CompiledStep, command: Command, facts: Facts): StepDecision;
}
