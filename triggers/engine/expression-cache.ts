/**
 * What the expressions of one look have in common: the event as they see it, the scopes, and what equal expressions came
 * to. However many playbooks say the same, it is evaluated once.
 */
import { type Evaluated, evaluate } from '../../language/cel.ts';
import type { Expression, Json, SubjectRef } from '../../language/model.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { EVENT_ROOTS } from '../../language/roots.ts';
import { eventScope, type Scope, scopeOf } from '../../language/scope.ts';
import { isoInstant } from '../../language/time/instants.ts';

const COMMON_ROOTS: ReadonlySet<string> = new Set(EVENT_ROOTS);

interface Leaning {
  /** Only the event is read, and nothing that its fields name. */
  onEvent: boolean;
  /** All that is read is common. */
  isCommon: boolean;
  /** Equal for expressions that read the same. */
  reads: string;
}

const leanings = new WeakMap<Expression, Leaning>();

/** Made once the computed traits have taken the event up: from there on, records read the same to the look's end. */
export class ExpressionCache {
  readonly world: World;
  readonly subject: SubjectRef;
  readonly place: Place;
  readonly #of: TimelineEvent | undefined;
  /** Most looks evaluate nothing: neither is made before it is needed. */
  #scopes: Map<string, Scope> | undefined;
  #values: Map<string, Evaluated> | undefined;
  #event: { [name: string]: Json } | undefined;

  constructor(world: World, subject: SubjectRef, place: Place, event: TimelineEvent | undefined) {
    this.world = world;
    this.subject = subject;
    this.place = place;
    this.#of = event;
  }

  /** The event's properties and its instant, as expressions see them. */
  get event(): { [name: string]: Json } | undefined {
    if (!this.#event && this.#of) this.#event = eventScope(this.#of);
    return this.#event;
  }

  /** True where a view looks at what is shared here, whatever else it sees. */
  isFor(view: { subject: SubjectRef; place: Place; event?: TimelineEvent | undefined }): boolean {
    const { at, round, phase } = this.place;
    const { subject, place, event } = view;
    if (event !== this.#of || place.at !== at || place.phase !== phase || place.round !== round) return false;
    return subject === this.subject || (subject.id === this.subject.id && subject.type === this.subject.type);
  }

  /** What the expression comes to; undefined where it reads what is not shared. */
  valueOf(expression: Expression, zone: string): Evaluated | undefined {
    const leaning = leaningOf(expression);
    if (!leaning.isCommon) return undefined;
    const id = expression.timed ? `${zone}\u0000${expression.cel}` : expression.cel;
    let value = this.#values?.get(id);
    if (!value) {
      this.#values ??= new Map();
      value = evaluate(expression, this.#scopeOf(expression, leaning), { now: this.place.at, zone });
      this.#values.set(id, value);
    }
    return value;
  }

  #scopeOf(expression: Expression, { onEvent, reads }: Leaning): Scope {
    let scope = this.#scopes?.get(reads);
    if (!scope) {
      this.#scopes ??= new Map();
      const { place, world, subject, event } = this;
      scope = onEvent
        ? { now: isoInstant(place.at), ...(event && { event }) }
        : scopeOf(world, { subject, place, reads: expression.reads, also: { event } });
      this.#scopes.set(reads, scope);
    }
    return scope;
  }
}

function leaningOf(expression: Expression): Leaning {
  let leaning = leanings.get(expression);
  if (!leaning) {
    const paths = expression.reads.map((path) => path.split('.'));
    // A longer path may go on in what an id names (`event.by.team`).
    const onEvent = paths.every(([root, ...fields]) => root === 'event' && fields.length < 2);
    const isCommon = expression.counts.length === 0 && paths.every(([root]) => COMMON_ROOTS.has(root!));
    leaning = { onEvent, isCommon, reads: onEvent ? '' : expression.reads.join('\n') };
    leanings.set(expression, leaning);
  }
  return leaning;
}
