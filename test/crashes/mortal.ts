/** A process that carries out commands, and that dies: at a statement that it sends, or when that was carried out. */
import type { Database } from '../../store/postgres/database.ts';

/** Before PostgreSQL gets the statement, or when it was carried out and nobody hears. */
export type Moment = 'before' | 'behind';

/** When a process dies: at its n-th statement, from 1; undefined: never. */
export interface Death {
  at: number;
  when: Moment;
}

export class Mortal {
  /** Statements that it has sent; a commit is one, too. */
  statements = 0;
  readonly database: Database;
  #death: Death | undefined;
  #isDead = false;

  constructor(database: Database, death?: Death) {
    this.#death = death;
    this.database = this.#mortal(database);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** It dies so many statements from now on. */
  diesAt(death: Death): void {
    this.#death = { at: this.statements + death.at, when: death.when };
  }

  async #carryOut<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Error('dead');
    this.statements += 1;
    if (this.statements !== this.#death?.at) return work();
    // Rolled back or committed: nobody is left to hear which.
    if (this.#death.when === 'behind') await work().catch(() => undefined);
    this.#isDead = true;
    throw new Error('died');
  }

  #mortal(database: Database): Database {
    const dying = <C extends object>(client: C): C =>
      new Proxy(client, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          if (name !== 'query') return value.bind(target);
          return (...args: unknown[]) => this.#carryOut(() => value.apply(target, args));
        },
      });
    return {
      pool: dying(database.pool),
      get prisma() {
        return database.prisma;
      },
      close: () => database.close(),
      // The commit is a statement, too; a transaction whose process dies inside is rolled back.
      transaction: (work, options) =>
        this.#death?.when === 'behind'
          ? this.#carryOut(() => database.transaction((client, commit) => work(dying(client), commit), options))
          : database.transaction(async (client, commit) => {
              let committed = false;
              const result = await work(dying(client), (last) => {
                committed = true;
                // Those that died with the process are nobody's to hear.
                last.catch(() => undefined);
                return this.#carryOut(() => commit(last));
              });
              if (!committed) await this.#carryOut(async () => undefined);
              return result;
            }, options),
    };
  }
}
