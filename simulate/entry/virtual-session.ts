/** An evaluation's port in virtual time: rows in memory, and lines as they happen. */
import type {
  AudienceWait,
  Change,
  EntryDecided,
  EvaluationSession,
  FactsAtFiring,
  OpenSubscription,
  StoredEntryFacts,
} from '../../evaluation/session.ts';
import type { SystemEvent } from '../../evaluation/system-events.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Firing, SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { VirtualJourneys } from '../journeys/journeys.ts';
import type { SubscriptionRow } from '../journeys/subscription-rows.ts';
import type { RunInput, RunLine } from '../run/types.ts';
import type { VirtualIdentities } from '../world/identities.ts';
import type { VirtualWorld } from '../world/virtual-world.ts';
import { AudienceWaits } from './audience-waits.ts';
import { KnownFirings } from './known-firings.ts';
import type { PastEnrolments } from './past-enrolments.ts';

export interface SessionParts {
  input: RunInput;
  program: TriggerProgram;
  world: VirtualWorld;
  journeys: VirtualJourneys;
  past: PastEnrolments;
  identities: VirtualIdentities;
  emit(line: RunLine): void;
  write(event: SystemEvent, at: Instant): void;
  /** A state has other deadlines now. */
  schedule(state: SubjectState): void;
}

/** A firing for which a journey of its key has not come far enough (N1), with what was read when it fired. */
export interface DeferredFiring extends FactsAtFiring {
  firing: Firing;
  place: Place;
  enteredAt: Instant;
}

export class VirtualSession implements EvaluationSession {
  readonly program: TriggerProgram;
  readonly world: VirtualWorld;
  readonly waits = new AudienceWaits();
  readonly #parts: SessionParts;
  readonly #known = new KnownFirings();
  #deferred: DeferredFiring[] = [];

  constructor(parts: SessionParts) {
    this.program = parts.program;
    this.world = parts.world;
    this.#parts = parts;
  }

  stateOf(subject: SubjectRef): SubjectState {
    return this.world.stateOf(subject);
  }

  subscriptions(subject: SubjectRef): readonly OpenSubscription[] {
    return this.#parts.journeys.rows.of(subject);
  }

  audienceWaits(subject: SubjectRef): readonly AudienceWait[] {
    return this.waits.of(subject);
  }

  isNew({ at }: Firing, id: string, place: Place): boolean {
    const { from } = this.#parts.input;
    return this.#known.add(id, place.at) && !(from !== undefined && at < from);
  }

  /** Now is the instant of the entry (N1), and all that is played is deployed. */
  entryFacts(firing: Firing, enteredAt: Instant): StoredEntryFacts {
    const { past, input } = this.#parts;
    const deployedAt = Number.NEGATIVE_INFINITY;
    const own = { past: past.of(firing), side: past.sideOf(firing), holdout: input.holdout };
    return { now: enteredAt, status: 'active', deployedAt, ...own };
  }

  emit(change: Change): void {
    const { journeys } = this.#parts;
    switch (change.kind) {
      case 'entry-decided':
        this.#decided(change);
        return;
      case 'enrolment-started': {
        const { mark } = change.firing.trigger;
        this.#parts.past.add(journeys.start(change), typeof mark === 'string' ? mark : undefined);
        return;
      }
      case 'met':
        journeys.met(change.open as SubscriptionRow, change);
        return;
      case 'look':
        journeys.tell((change.open as SubscriptionRow).enrolment, change.input);
        return;
      case 'audience-passed':
        this.waits.remove(change.wait);
        return;
      case 'audience-refused':
        this.waits.remove(change.wait);
        this.refuse(change.wait.firing, change.reason);
        return;
      case 'system-event':
        this.#parts.write(change.event, change.at);
        return;
      case 'task-answered':
        journeys.taskAnswered(change.subject, change.event);
        return;
      case 'threshold':
        this.#parts.schedule(change.state);
        return;
      case 'attributed':
      case 'held': // the row itself keeps it
        return;
      case 'wrong-types':
        this.#parts.input.onNoPart?.({ noKey: [], wrongTypes: change.found }, change.at);
        return;
      default:
        change satisfies never;
    }
  }

  /** A firing that waited in vain is refused as of its own instant. */
  refuse({ playbook, subject, key, at, ...firing }: Firing, refused: string): void {
    const id = enrolmentIdOf({ playbook, subject, key, at, ...firing });
    this.#parts.emit({ type: 'enrolment', playbook, subject, key, at, id, refused, looked: {} });
  }

  /** Those that are to be decided now that the journeys have moved. */
  takeDeferred(): DeferredFiring[] {
    return this.#deferred.splice(0);
  }

  #decided({ firing, id, decision, reason, facts, place, enteredAt, isDeferred }: EntryDecided): void {
    const { playbook, subject, key, at, evidence } = firing;
    const { identities, emit } = this.#parts;
    if (!isDeferred) {
      identities.note(firing, id);
      emit({ type: 'firing', playbook, subject, key, at, evidence });
    }
    switch (decision.enter) {
      case 'anonymous':
        if (!identities.keep(firing)) this.refuse(firing, 'anonymous');
        return;
      case 'deferred':
        this.#deferred.push({ ...facts, firing, place, enteredAt });
        return;
      case 'waits': {
        const outdone = this.waits.add({ firing, id, until: decision.until });
        if (outdone) this.refuse(outdone.firing, 'audience');
        return;
      }
      default: {
        const looked = decision.enter ? {} : decision.looked;
        emit({ type: 'enrolment', playbook, subject, key, at: enteredAt, id, refused: reason, looked });
      }
    }
  }
}
