/** The ids of mails that had to make room: they were taken all the same, and a repeat of one is still a repeat. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './folder.ts';

const NAME = 'made-room.txt';
/** First line once ids themselves had to make room. */
const INCOMPLETE = 'older ids are gone';

export class Memory {
  readonly #dir: string;
  readonly #ids: Set<string>;
  readonly #most: number;
  /** Every id that ever made room is here. */
  complete: boolean;

  private constructor(dir: string, ids: Set<string>, most: number, complete: boolean) {
    this.#dir = dir;
    this.#ids = ids;
    this.#most = most;
    this.complete = complete;
  }

  /** `most`: ids that are remembered, at least; up to twice as many are. */
  static async open(dir: string, most: number): Promise<Memory> {
    let text = '';
    try {
      text = await readFile(join(dir, NAME), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const lines = text.split('\n');
    const ids = new Set(lines.filter((line) => /^[0-9a-f]{32}$/.test(line)));
    return new Memory(dir, ids, most, lines[0] !== INCOMPLETE);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  async add(id: string): Promise<void> {
    this.#ids.add(id);
    if (this.#ids.size < this.#most * 2) {
      await appendFile(join(this.#dir, NAME), `${id}\n`);
      return;
    }
    const newest = [...this.#ids].slice(-this.#most);
    this.#ids.clear();
    for (const one of newest) this.#ids.add(one);
    this.complete = false;
    await writeWhole(this.#dir, NAME, `${[INCOMPLETE, ...newest].join('\n')}\n`);
  }
}
