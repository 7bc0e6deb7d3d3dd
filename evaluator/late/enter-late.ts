/** What a recomputation lets in (E5, N1): what is given late, and what waits for its audience and has its answer by now. */
import { settleWait } from '../../evaluation/audience-waits.ts';
import { type EnterOptions, enterFiring, entryInstant } from '../../evaluation/enter-firing.ts';
import { compareEntering, type Entering } from '../../evaluation/entry-order.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { reopenFirings } from '../../store/records/identity-links.ts';
import type { Seed } from '../../triggers/history/replay.ts';
import type { BatchSession } from '../round/batch-session.ts';
import type { ReplayedAudiences } from './replay-timeline.ts';

interface Entry extends Entering {
  enter(): void;
}

export class LateEntries {
  readonly #session: BatchSession;
  readonly #audiences: ReplayedAudiences;
  readonly #entries: Entry[] = [];

  constructor(session: BatchSession, audiences: ReplayedAudiences) {
    this.#session = session;
    this.#audiences = audiences;
  }

  /** Those of some firings, by their ids, that pass their audience as their timeline is read by now. */
  passing(fired: readonly Seed[], ids: ReadonlySet<string>): Seed[] {
    return fired.filter(({ firing }) => ids.has(enrolmentIdOf(firing)) && this.#audiences.passes(firing));
  }

  /** What was made before, and refused by what was known then: N1 decides anew. */
  async addAgain(client: Queryable, given: readonly Seed[]): Promise<void> {
    const ids = given.map(({ firing }) => enrolmentIdOf(firing));
    await reopenFirings(client, ids);
    for (const [n, seed] of given.entries()) this.add(seed, ids[n]);
  }

  /** @param again the row's id, where it was made before, and refused as its timeline did not give it */
  add({ firing, place }: Seed, again?: string): void {
    const facts = this.#audiences.of(firing);
    const answer = facts?.waited?.answer;
    const enter = () => {
      if (again === undefined) enterFiring(this.#session, firing, place, facts);
      else this.#decideAgain(again, { firing, place }, facts);
    };
    const by = answer ? 'audience' : 'firing';
    this.#entries.push({ place: answer?.place ?? place, by, at: firing.at, id: enrolmentIdOf(firing), enter });
  }

  /** Each as of the place at which it would have entered. */
  enter(subject: SubjectRef): void {
    // What was taken back waits no longer.
    for (const wait of this.#session.audienceWaits(subject)) {
      const answer = this.#audiences.answerOf(wait.id);
      if (!answer) continue;
      const { at } = wait.firing;
      const enter = () => settleWait(this.#session, wait, answer);
      this.#entries.push({ place: answer.place, by: 'audience', at, id: wait.id, enter });
    }
    for (const { enter } of this.#entries.sort(compareEntering)) enter();
  }

  #decideAgain(id: string, { firing, place }: Seed, facts: EnterOptions | undefined): void {
    const session = this.#session;
    const { status, reason } = enterFiring(session, firing, place, { ...facts, isDeferred: true });
    const wait = session.audienceWaits(firing.subject).find((one) => one.id === id);
    const enteredAt = facts?.waited?.answer?.place.at ?? entryInstant(firing, place);
    const entersAt = enteredAt === firing.at ? null : enteredAt;
    const waitsUntil = wait?.until ?? facts?.waited?.until ?? null;
    session.work.decide({ id, status, reason, entersAt, waitsUntil });
  }
}
