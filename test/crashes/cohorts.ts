/**
 * Temporal's part: the product's own member sets, in cohorts that chance makes. What a workflow has in memory goes with its
 * process; what it knew when its last task was written comes back, and is played again.
 */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import type { Random } from '../../simulate/random.ts';
import type { InputRow } from '../../store/journeys/journey-inputs.ts';
import type { Database } from '../../store/postgres/database.ts';
import { inputOf } from '../../worker/inputs.ts';
import { MemberSet } from '../../workflows/cohort/member-set.ts';
import {
  COHORT_LIMIT,
  type CohortActivities,
  type CohortItem,
  type CohortMember,
  type CohortReply,
} from '../../workflows/cohort/types.ts';

/** What chance may do; without it all goes the straight way. */
export interface Disorder {
  random: Random;
  /** Shares of what happens, from 0 to 1. */
  lateSignals: number;
  twoAtOnce: number;
  lostAnswers: number;
}

/** Carries out a request, and may die of it: it then throws. */
export type CarryOut = (kind: keyof CohortActivities, cohort: string, items: CohortItem[]) => Promise<CohortReply>;

interface Cohort {
  id: string;
  version: PlaybookVersion;
  set: MemberSet;
  /** As the last workflow task that was written has it. */
  written: CohortMember[];
}

const KINDS = ['decide', 'deliver'] as const;
/** The pauses of what is asked again are over by the next round. */
const ROUND_MS = 60_000;

export class Cohorts {
  readonly #database: Database;
  readonly #versions: ReadonlyMap<string, PlaybookVersion>;
  readonly #carryOut: CarryOut;
  readonly #disorder: Disorder | undefined;
  readonly #cohortOf: (subject: string) => string;
  readonly #cohorts: Cohort[] = [];
  readonly #carried = new Set<string>();
  /** The number of the latest input that was signalled: from then on it stands in the history. */
  readonly #signalled = new Map<string, number>();
  #nowMs = 0;

  /** @param cohortOf whoever has the same word here is carried by one cohort, up to its limit */
  constructor(
    database: Database,
    versions: readonly PlaybookVersion[],
    carryOut: CarryOut,
    { disorder, cohortOf = () => '' }: { disorder?: Disorder | undefined; cohortOf?: (subject: string) => string } = {},
  ) {
    this.#database = database;
    this.#versions = new Map(versions.map((version) => [version.hash, version]));
    this.#carryOut = carryOut;
    this.#disorder = disorder;
    this.#cohortOf = cohortOf;
  }

  /** Has whatever can move at an instant carried out once; false when nothing could. */
  async move(now: Instant): Promise<boolean> {
    this.#nowMs += ROUND_MS;
    await this.#start();
    const isHeldBack = await this.#signal();
    const clock = { now, warp: 0, readAtMs: this.#nowMs };
    let moved = isHeldBack;
    for (const cohort of this.#shuffled(this.#cohorts)) {
      cohort.set.wake(clock, this.#nowMs);
      for (const kind of this.#shuffled(KINDS)) {
        if (cohort.set.hasReady(kind) && (await this.#carry(cohort, kind, now))) moved = true;
      }
    }
    return moved;
  }

  /** @returns false where each is to be asked again later than now: under a stepped clock a cohort asks at once */
  async #carry(cohort: Cohort, kind: keyof CohortActivities, now: Instant): Promise<boolean> {
    const { random, twoAtOnce = 0, lostAnswers = 0 } = this.#disorder ?? {};
    const items = this.#shuffled(cohort.set.takeReady(kind));
    const ask = () => this.#carryOut(kind, cohort.id, items);
    // An activity that was slow is begun once more elsewhere, while the first still runs.
    const asked = random?.chance(twoAtOnce) ? [ask(), ask()] : [ask()];
    const replies = await Promise.allSettled(asked);
    const reply = replies.find((one) => one.status === 'fulfilled');
    // Of one that leaves the house the answer is in the history as soon as it is known; a local one's is, with its task.
    if (!reply || random?.chance(lostAnswers)) {
      this.#begin(cohort, cohort.written);
      return true;
    }
    cohort.set.takeReply(items, reply.value, this.#nowMs);
    if (!random || kind === 'deliver' || random.chance(0.5)) this.#write(cohort);
    return reply.value.items.some(({ answer }) => answer.go !== 'again' || answer.until <= now);
  }

  /** Its next task, or run, begins with what is written: that is JSON. */
  #write(cohort: Cohort): void {
    cohort.written = JSON.parse(JSON.stringify(cohort.set.carried())) as CohortMember[];
    if (this.#disorder) this.#begin(cohort, cohort.written);
  }

  #begin(cohort: Cohort, members: readonly CohortMember[]): void {
    cohort.set = this.#setOf(cohort.version, members);
  }

  #setOf({ playbook: { program } }: PlaybookVersion, members: readonly CohortMember[]): MemberSet {
    const complain = (_: string, error: unknown) => {
      throw error;
    };
    return new MemberSet({ program, complain }, members);
  }

  async #start(): Promise<void> {
    const { rows } = await this.#database.pool.query<{ id: string; at: Instant; hash: string; subject: string }>(
      `SELECT id, started_at AS at, version_hash AS hash, subject_id AS subject FROM enrolments
        WHERE outcome IS NULL ORDER BY id`,
    );
    const groups = new Map<string, CohortMember[]>();
    for (const { id, at, hash, subject } of rows) {
      if (this.#carried.has(id)) continue;
      this.#carried.add(id);
      const group = `${hash} ${this.#cohortOf(subject)}`;
      groups.set(group, [...(groups.get(group) ?? []), { id, startedAt: at }]);
    }
    for (const [group, members] of groups) {
      const version = this.#versions.get(group.split(' ')[0]!)!;
      while (members.length > 0) {
        const some = members.splice(0, this.#disorder?.random.int(1, COHORT_LIMIT) ?? COHORT_LIMIT);
        const id = `${group} ${this.#cohorts.length}`;
        this.#cohorts.push({ id, version, set: this.#setOf(version, some), written: some });
      }
    }
  }

  /**
   * Inputs as their rows have them, of one enrolment in the order of their numbers; a member drops what it has seen.
   *
   * @returns whether a signal is still on its way
   */
  async #signal(): Promise<boolean> {
    const { rows } = await this.#database.pool.query<InputRow>(
      `SELECT i.enrolment_id AS "enrolmentId", n, kind, path, iteration, arm, at, event FROM journey_inputs i
         JOIN enrolments e ON e.id = i.enrolment_id WHERE e.outcome IS NULL ORDER BY 1, 2`,
    );
    const { random, lateSignals = 0 } = this.#disorder ?? {};
    const isNew = ({ enrolmentId, n }: InputRow) => n > (this.#signalled.get(enrolmentId) ?? 0);
    const late = new Set(rows.filter((row) => isNew(row) && random?.chance(lateSignals)).map((row) => row.enrolmentId));
    for (const { enrolmentId, n } of rows) if (!late.has(enrolmentId)) this.#signalled.set(enrolmentId, n);
    const inputs = rows
      .filter(({ enrolmentId }) => !late.has(enrolmentId))
      .map((row) => ({ id: row.enrolmentId, input: inputOf(row) }));
    for (const { set } of this.#shuffled(this.#cohorts)) set.notify(inputs);
    return late.size > 0;
  }

  #shuffled<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    const { random } = this.#disorder ?? {};
    if (!random) return shuffled;
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = random.int(0, i);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}
