/** Temporal's part, to keep a reducer's state and to wake it, played by a map and a stepped clock. */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import type { InputRow } from '../../store/journeys/journey-inputs.ts';
import type { Database } from '../../store/postgres/database.ts';
import { inputOf } from '../../worker/inputs.ts';
import {
  COHORT_LIMIT,
  type CohortActivities,
  type CohortItem,
  type CohortRequest,
} from '../../workflows/cohort/types.ts';
import { startJourney, takeAnswer, takeInput, takeTime } from '../../workflows/journey/reduce.ts';
import type { JourneyState } from '../../workflows/journey/types.ts';

interface Carried {
  version: PlaybookVersion;
  state: JourneyState;
}

export class JourneysByHand {
  readonly #database: Database;
  readonly #versions: ReadonlyMap<string, PlaybookVersion>;
  readonly #activities: CohortActivities;
  readonly #carried = new Map<string, Carried>();

  readonly #isMixed: boolean;

  /** @param isMixed lists of commands of all versions, where a cohort has but one: so many short ones are few long ones */
  constructor(
    database: Database,
    versions: readonly PlaybookVersion[],
    activities: CohortActivities,
    { isMixed = false } = {},
  ) {
    this.#isMixed = isMixed;
    this.#database = database;
    this.#versions = new Map(versions.map((version) => [version.hash, version]));
    this.#activities = activities;
  }

  /** Moves whatever can move at an instant; true when something did. */
  async move(now: Instant): Promise<boolean> {
    await this.#read();
    for (const id of this.#carried.keys()) this.#put(id, (state, { program }) => takeTime(program, state, now));
    let moved = false;
    for (const leaves of [false, true]) {
      for (const request of this.#requests(leaves)) {
        moved = true;
        const reply = await (leaves ? this.#activities.deliver(request) : this.#activities.decide(request));
        for (const { id, answer } of reply.items)
          this.#put(id, (state, { program }) => takeAnswer(program, state, answer));
      }
    }
    return moved;
  }

  async #read(): Promise<void> {
    const { rows } = await this.#database.pool.query<{ id: string; at: Instant; hash: string }>(
      'SELECT id, started_at AS at, version_hash AS hash FROM enrolments WHERE outcome IS NULL ORDER BY id',
    );
    const open = new Set(rows.map(({ id }) => id));
    for (const id of this.#carried.keys()) if (!open.has(id)) this.#carried.delete(id);
    for (const { id, at, hash } of rows) {
      if (this.#carried.has(id)) continue;
      const version = this.#versions.get(hash)!;
      this.#carried.set(id, { version, state: startJourney(version.playbook.program, at) });
    }
    const told = await this.#database.pool.query<InputRow>(
      `SELECT i.enrolment_id AS "enrolmentId", n, kind, path, iteration, arm, at, event FROM journey_inputs i
         JOIN enrolments e ON e.id = i.enrolment_id WHERE e.outcome IS NULL ORDER BY 1, 2`,
    );
    for (const row of told.rows)
      this.#put(row.enrolmentId, (state, { program }) => takeInput(program, state, inputOf(row)));
  }

  #put(id: string, change: (state: JourneyState, playbook: PlaybookVersion['playbook']) => JourneyState): void {
    const carried = this.#carried.get(id);
    if (carried) carried.state = change(carried.state, carried.version.playbook);
  }

  /** Lists of what members wait for, as cohorts ask for it. */
  *#requests(leaves: boolean): Generator<CohortRequest> {
    const byVersion = new Map<string, CohortItem[]>();
    for (const [id, { version, state }] of this.#carried) {
      const { waiting } = state;
      if (waiting.for !== 'answer' || waiting.command.leaves !== leaves) continue;
      const list = this.#isMixed ? 'all' : version.hash;
      const items = byVersion.get(list) ?? [];
      byVersion.set(list, items);
      items.push({ id, command: waiting.command });
    }
    for (const [versionHash, items] of byVersion) {
      for (let i = 0; i < items.length; i += COHORT_LIMIT)
        yield { cohortId: 'by-hand', versionHash, items: items.slice(i, i + COHORT_LIMIT) };
    }
  }
}
