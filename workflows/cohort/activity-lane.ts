/** How many batches of one kind may be under way, and when the next may go after one that came to nothing. */

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;

export class ActivityLane {
  /** True when its commands leave the house. */
  readonly external: boolean;
  readonly #most: number;
  #underWay = 0;
  #failures = 0;
  #pausedUntilMs = 0;

  constructor(leaves: boolean, most: number) {
    this.external = leaves;
    this.#most = most;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** When its pause is over, in milliseconds of the workflow's time. */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  hasRoom(nowMs: number): boolean {
    return this.#underWay < this.#most && this.#pausedUntilMs <= nowMs;
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** A batch is over. When it came to nothing the next waits, twice as long each time, up to a minute. */
  end(isDone: boolean, nowMs: number): void {
    this.#underWay -= 1;
    this.#failures = isDone ? 0 : this.#failures + 1;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10), MAX_PAUSE_MS);
    this.#pausedUntilMs = isDone ? 0 : nowMs + pauseMs;
  }
}
