/**
 * The evaluator's rounds: those of what waits together, and beside them those of what waits apart, a subject in turn. One that
 * fails is made smaller until what fails is alone (architecture, decision 2).
 */
import type { SubjectRef } from '../language/model.ts';
import { isLockTimeout } from '../store/evaluation/subjects.ts';
import { nextApart } from '../store/events/pending-events.ts';
import type { Database } from '../store/postgres/database.ts';
import { isCutShort } from '../store/postgres/retry.ts';
import type { Watermark } from '../store/postgres/watermark.ts';
import { currentDeployed, type Deployed } from './deployed-program.ts';
import type { EvaluatorLog } from './evaluator.ts';
import { countFailure, isOutage, messageOf, RestingSubjects } from './failures.ts';
import { PutBacks } from './put-backs.ts';
import type { RoundResult } from './round/batch.ts';
import { decideDeferred } from './round/deferred-firings.ts';
import type { RoundLimits } from './round/load-batch.ts';
import { openRound, type RoundOptions, round } from './round/round.ts';
import { tellStopped } from './stopped-playbooks.ts';

const TOGETHER: RoundLimits = { events: 500, subjects: 500 };
/** All late events of a subject that are pending are one walk, but for a flood. */
const MOST_APART = 5_000;
/** Nobody waits for what is apart: it may take longer. */
const APART_LIMITS = { timeoutMs: 10_000, totalMs: 120_000 };
/** Subjects whose rounds are smaller for a while; of more none is. */
const MAX_FEWER = 1_000;
const NOTHING: RoundResult = { events: 0, deadlines: 0, firings: 0, deferred: 0, putBack: [], apart: 0, defers: false };

interface Asked extends Omit<RoundOptions, 'aside' | 'commit'> {
  /** Told before anything is decided. */
  onClaimed?(arrivals: readonly number[]): void;
  onDue?(subjects: readonly SubjectRef[]): void;
}

export interface Rounds {
  readonly deployed: Deployed | undefined;
  /** @throws what is an outage; any other failure is counted, and the next round is smaller */
  together(): Promise<RoundResult>;
  /** One round of the next subject whose events wait apart; undefined where none does. @throws as `together` */
  apart(): Promise<RoundResult | undefined>;
}

/** @param nowMs real time that only goes forward */
export function openRounds(database: Database, watermark: Watermark, log: EvaluatorLog, nowMs?: () => number): Rounds {
  return new StoredRounds(database, watermark, log, nowMs);
}

class StoredRounds implements Rounds {
  readonly #database: Database;
  readonly #watermark: Watermark;
  readonly #log: EvaluatorLog;
  readonly #resting = new RestingSubjects();
  readonly #putBacks: PutBacks;
  #deployed: Deployed | undefined;
  #limits = TOGETHER;
  /** So many more events are consumed one by one: one of them has failed. */
  #singly = 0;
  #failures = 0;
  #turn = '';
  /** By subject: how many events its next round takes, where that is fewer. */
  readonly #fewer = new Map<string, number>();

  constructor(database: Database, watermark: Watermark, log: EvaluatorLog, nowMs?: () => number) {
    this.#database = database;
    this.#watermark = watermark;
    this.#log = log;
    this.#putBacks = new PutBacks(log, nowMs);
  }

  get deployed(): Deployed | undefined {
    return this.#deployed;
  }

  async together(): Promise<RoundResult> {
    if (this.#singly > 0) return this.#one();
    try {
      const result = await this.#round({ limits: this.#limits });
      this.#failures = 0;
      this.#limits = scaled(this.#limits, 2);
      return result;
    } catch (error) {
      const { events } = this.#limits;
      this.#limits = scaled(this.#limits, 1 / 4);
      if (isOutage(error)) throw error;
      this.#failures++;
      // The first that is cut may only have been too large.
      if (!isCutShort(error) || this.#failures > 1) this.#singly = events;
      this.#log.error({ error: messageOf(error) }, 'a batch of events failed: fewer are consumed at once');
      return { ...NOTHING, deferred: events };
    }
  }

  /** One event alone; where none waits, the deadlines of one subject alone. */
  async #one(): Promise<RoundResult> {
    this.#singly--;
    const event = await this.#event();
    if (event.events + event.deferred + event.apart > 0) return event;
    this.#singly = 0;
    const due: SubjectRef[] = [];
    try {
      return await this.#round({ limits: { events: 0, subjects: 1 }, onDue: (subjects) => void due.push(...subjects) });
    } catch (error) {
      if (isOutage(error) || !due[0]) throw error;
      const pauseMs = this.#resting.failed(due[0]);
      const { type } = due[0];
      this.#log.error({ type, pauseMs, error: messageOf(error) }, 'the deadlines of a subject could not be evaluated');
      return { ...NOTHING, deferred: 1 };
    }
  }

  async #event(apart?: string): Promise<RoundResult> {
    let claimed: number | undefined;
    const onClaimed = ([first]: readonly number[]) => {
      claimed = first;
    };
    try {
      return await this.#round({ limits: { events: 1, subjects: 0 }, apart, onClaimed });
    } catch (error) {
      if (isOutage(error) || claimed === undefined) throw error;
      await countFailure({ database: this.#database, log: this.#log }, claimed, error);
      return { ...NOTHING, deferred: 1 };
    }
  }

  async apart(): Promise<RoundResult | undefined> {
    if (this.#fewer.size > MAX_FEWER) this.#fewer.clear();
    const key = await nextApart(this.#database.pool, this.#turn);
    if (key === undefined) return undefined;
    this.#turn = key;
    const events = this.#fewer.get(key) ?? MOST_APART;
    if (events <= 1) {
      this.#fewer.set(key, 2);
      return this.#event(key);
    }
    try {
      const result = await this.#round({ limits: { events, subjects: 0 }, apart: key });
      if (events * 2 >= MOST_APART) this.#fewer.delete(key);
      else this.#fewer.set(key, events * 2);
      return result;
    } catch (error) {
      if (isOutage(error)) throw error;
      this.#fewer.set(key, isCutShort(error) ? Math.floor(events / 4) : 1);
      this.#log.error({ error: messageOf(error) }, 'events of a subject failed together: fewer are consumed at once');
      return { ...NOTHING, deferred: events };
    }
  }

  async #round(options: Asked): Promise<RoundResult> {
    const result = await this.#attempt(options).catch((error) => {
      // Another transaction holds a subject for long: the rest does not wait for it.
      if (!isLockTimeout(error)) throw error;
      return this.#attempt({ ...options, skipsLocked: true });
    });
    // Of their own accord: what the round has written does not depend on what is told of it.
    if (options.limits.events > 0) await this.#putBacks.tell(this.#database.pool, options.apart ?? '', result.putBack);
    return result;
  }

  async #attempt({ onClaimed, onDue, ...options }: Asked): Promise<RoundResult> {
    const isApart = options.apart !== undefined;
    const opening = { ...options, watermark: this.#watermark, resting: this.#resting.keys() };
    return this.#database.transaction(
      async (client, commit) => {
        // The first time before anything is claimed: what is wrong with a deployment is no event's fault.
        const known = this.#deployed ?? (await currentDeployed(client, undefined));
        const opened = await openRound(client, { ...opening, known });
        const { deployed, safeAt, waiting } = opened;
        tellStopped(this.#log, this.#deployed?.deployments, deployed?.deployments);
        this.#deployed = deployed;
        if (!deployed) return NOTHING;
        onClaimed?.(opened.events.map(({ arrival }) => arrival));
        onDue?.(opened.due);
        const aside = isApart ? this.#database.pool : undefined;
        const isOver = waiting.firstExpiry !== null && waiting.firstExpiry < safeAt;
        const isDeciding = !isApart && (waiting.hasDeferred || isOver);
        const ending = isDeciding ? {} : { commit };
        const result = await round(client, deployed, opened, { ...options, ...ending, aside });
        if (isDeciding || (!isApart && result.defers)) await decideDeferred(client, deployed, safeAt);
        return result;
      },
      isApart ? APART_LIMITS : {},
    );
  }
}

/** Never more than a whole batch, and never less than one event. */
function scaled({ events, subjects }: RoundLimits, by: number): RoundLimits {
  const within = (n: number, most: number) => Math.max(1, Math.min(most, Math.floor(n * by)));
  return { events: within(events, TOGETHER.events), subjects: within(subjects, TOGETHER.subjects) };
}
