/** Predictions as the evaluator makes and confirms them (T14): what a walk writes, and what a batch's events confirm. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import { placeOfDeadline, placeOfEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { readGeneration } from '../../store/deployments/deployments.ts';
import {
  type AwaitedEvent,
  confirmPredictions,
  dropOtherPredictions,
  expirePredictions,
  insertPredictions,
  type MadePrediction,
  prunePredictions,
} from '../../store/evaluation/predictions.ts';
import { holdSchedules } from '../../store/evaluation/schedules.ts';
import { readTimeline, type StoredEvent } from '../../store/events/timeline.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Database, Queryable } from '../../store/postgres/database.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import {
  awaiting,
  isAwaited,
  type PredictionProgram,
  predictedAt,
  predictionsOf,
} from '../../triggers/traits/predictions.ts';
import type { Deployed } from '../deployed-program.ts';
import { HistoryWorld } from '../late/history-world.ts';
import type { EventPlacement } from '../round/event-placement.ts';

/** Events that are held in memory at once. */
const PAGE = 500;

/** The rows that one chunk of a walk has made. */
export class PredictionWalk {
  readonly #prediction: PredictionProgram;
  readonly #made: MadePrediction[] = [];

  constructor(prediction: PredictionProgram) {
    this.#prediction = prediction;
  }

  /**
   * @param world behind the instant's events
   * @param latest of a subject whose timeline has passed the instant: the state at its head
   */
  async look(
    client: Queryable,
    deployed: Deployed,
    world: World,
    { subject, zone, at, latest }: { subject: SubjectRef; zone: string; at: Instant; latest: SubjectState | undefined },
  ): Promise<void> {
    const { trait, hash, predicts } = this.#prediction;
    const predicted = predictedAt(this.#prediction, world, subject, { zone, at });
    if (predicted === undefined) return;
    const cameEvent = latest ? await cameAlready(client, deployed, this.#prediction, { latest, madeAt: at }) : null;
    this.#made.push({
      trait,
      hash,
      subjectId: subject.id,
      madeAt: at,
      dueAt: at + predicts.withinMs,
      predicted,
      cameEvent,
    });
  }

  /** Writes them; and what the walk's instant leaves of earlier ones: what was received by then has been consumed. */
  async write(client: Queryable, at: Instant): Promise<void> {
    await insertPredictions(client, this.#made);
    await expirePredictions(client, this.#prediction, at);
    await prunePredictions(client, this.#prediction, at);
  }
}

/** The first awaited event that the evaluator has consumed before the prediction is written. */
async function cameAlready(
  client: Queryable,
  { program, people }: Deployed,
  prediction: PredictionProgram,
  { latest, madeAt }: { latest: SubjectState; madeAt: Instant },
): Promise<string | null> {
  const { subject } = latest;
  const { events, withinMs } = prediction.predicts;
  const names = [...new Set(events.map(({ event }) => event))];
  const upTo = placeOfDeadline(madeAt + withinMs);
  let world: World | undefined;
  let without: ReadonlySet<number> | undefined;
  let after = placeOfDeadline(madeAt);
  for (let isLast = false; !isLast; ) {
    const page = await readTimeline(client, subject, { after, upTo, names, limit: PAGE });
    isLast = page.length < PAGE;
    for (const event of page) {
      world ??= (await HistoryWorld.around(client, { program, people }, subject))(latest);
      without ??= await unconsumedOf(client, subject);
      if (!without.has(event.arrival) && isAwaited(prediction, world, subject, event)) return event.messageId;
      after = placeOfEvent(event);
    }
  }
  return null;
}

/**
 * Some rows of predictions that are deployed no more go.
 *
 * @returns whether there may be more to do; also where something else is deployed by now
 */
export function sweepPredictions(database: Database, { generation, program }: Deployed): Promise<boolean> {
  return database.transaction(async (client) => {
    // No later deployment's walks are begun, so none has rows, until the transaction ends.
    await holdSchedules(client);
    if ((await readGeneration(client)) !== generation) return true;
    return dropOtherPredictions(client, predictionsOf(program));
  });
}

type Where = Pick<EventPlacement, 'stands' | 'identities'>;

/** What the events of a batch confirm, gathered to be written in one statement. */
export class Confirmations {
  readonly #events: AwaitedEvent[] = [];

  /**
   * An event is consumed.
   *
   * @param where on whose timelines it stands, and whose the contacts' ids are
   * @param world behind the event
   */
  consumed(program: TriggerProgram, event: StoredEvent, where: Where, world: World): void {
    if (event.undoneBy) return;
    for (const { subject } of where.stands) {
      for (const { trait, hash, predicts } of awaiting(program, world, subject, event)) {
        // What was predicted of somebody who has become this contact since is the contact's (E6).
        const aliases = subject.type === 'contact' ? where.identities.aliasesOf(subject.id) : [];
        this.#events.push({
          trait,
          hash,
          subjectIds: [subject.id, ...aliases],
          at: event.at,
          withinMs: predicts.withinMs,
          messageId: event.messageId,
        });
      }
    }
  }

  async write(client: Queryable): Promise<void> {
    await confirmPredictions(client, this.#events);
    this.#events.length = 0;
  }
}
