/** How many batches of one activity may be under way, and when the next may go after one that failed. */
import { backoff } from '../../language/time/backoff.ts';
import type { Command } from '../journey/types.ts';
import type { CohortActivities } from './types.ts';

export type ActivityKind = keyof CohortActivities;

/** The activity that carries out a command. */
export function kindOf({ leaves }: Command): ActivityKind {
  return leaves ? 'deliver' : 'decide';
}

const pauseMsAfter = backoff({ firstMs: 1_000, maxMs: 60_000 });

export class ActivityLane {
  readonly kind: ActivityKind;
  readonly #max: number;
  #underWay = 0;
  #failures = 0;
  #pausedUntilMs = 0;

  constructor(kind: ActivityKind, max: number) {
    this.kind = kind;
    this.#max = max;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** When its pause is over, in milliseconds of the workflow's time. */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  hasRoom(nowMs: number): boolean {
    return this.#underWay < this.#max && this.#pausedUntilMs <= nowMs;
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** A batch is over. When it failed the next waits, twice as long each time, up to a minute. */
  end(isDone: boolean, nowMs: number): void {
    this.#underWay -= 1;
    this.#failures = isDone ? 0 : this.#failures + 1;
    this.#pausedUntilMs = isDone ? 0 : nowMs + pauseMsAfter(this.#failures);
  }
}
