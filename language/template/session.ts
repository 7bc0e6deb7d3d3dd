/** One rendering: for whom, and how much of its bounds is used. */
import type { Reader } from './formats.ts';
import { MAX_TEXT_BYTES } from './names.ts';

/** Rounds of all `each` blocks of one rendering together. */
const MAX_ROUNDS = 10_000;

export class Session {
  readonly reader: Reader;
  /** What a whole `{{ … }}` came to. */
  value: unknown;
  readonly #tooLong: () => never;
  #rounds = 0;

  constructor(reader: Reader, tooLong: () => never) {
    this.reader = reader;
    this.#tooLong = tooLong;
  }

  /** Counts a round of a block, and refuses to let what it has written grow past the bound. */
  round(writtenChars: number): void {
    this.#rounds += 1;
    if (this.#rounds > MAX_ROUNDS || writtenChars > MAX_TEXT_BYTES) this.#tooLong();
  }
}
