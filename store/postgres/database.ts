/** The connection to PostgreSQL: one pool, for hand-written SQL and for Prisma. */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.ts';
import { isStaleStatement, PreparingClient } from './prepared.ts';

export interface TransactionOptions {
  /** Longest statement, and longest silence between two; PostgreSQL then rolls back. Default 5,000. */
  timeoutMs?: number;
  /** After this the connection is cut, answered or not. Default 30,000. */
  totalMs?: number;
  isolation?: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
}

export interface Database {
  /** For hand-written SQL: `bigint` reads as a number, `timestamptz` as milliseconds since the epoch. */
  readonly pool: pg.Pool;
  /** For what people and programs read: pages, the API, metrics, `explain`. Made when it is first used. */
  readonly prisma: PrismaClient;
  /**
   * Runs `work` in a transaction of its own, and commits. What `work` throws rolls back and is thrown on.
   * A transaction that hangs holds its locks (and with them others' deadlines) for `timeoutMs` at most.
   *
   * BEGIN goes out with the first statements of `work`, and COMMIT behind its last ones where it calls `commit` with them.
   */
  transaction<T>(work: (client: pg.PoolClient, commit: Commit) => Promise<T>, options?: TransactionOptions): Promise<T>;
  close(): Promise<void>;
}

/**
 * Commits behind statements that have all been sent, before they are answered: a round trip less. The transaction's last
 * words: nothing is asked of its client any more.
 *
 * @returns what the statements answer, once they are committed
 */
export type Commit = <T>(last: Promise<T>) => Promise<T>;

/** What hand-written SQL runs on: the pool, or the client of a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** Whether a query answers any row. */
export async function hasRow(client: Queryable, query: string, values: unknown[] = []): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(`SELECT EXISTS (${query}) AS found`, values);
  return rows[0]!.found;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** A silent connection is given up: the operating system would wait for it for a quarter of an hour. */
const QUERY_TIMEOUT_MS = 30_000;
const INT8_OID = 20;
const TIMESTAMPTZ_OID = 1184;
const parseDate = pg.types.getTypeParser(TIMESTAMPTZ_OID);

function parseInt8(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`PostgreSQL answered the bigint ${text}; numbers beyond 2^53 - 1 are not exact here.`);
}

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (format !== 'binary' && oid === INT8_OID) return parseInt8;
    if (format !== 'binary' && oid === TIMESTAMPTZ_OID) return (text: string) => Number(parseDate(text));
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

/**
 * Opens a pool; it connects when it is first used.
 *
 * @param options.max connections, default 10.
 */
export function openDatabase(url: string, options: { max?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'cuebook',
    types,
    Client: PreparingClient,
    // What is asked without waiting for an answer in between goes out together, and is answered in its order.
    pipeline: true,
  });
  // The next use of a lost connection throws; without a listener the event would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  let prisma: PrismaClient | undefined;
  return {
    pool,
    get prisma() {
      prisma ??= new PrismaClient({ adapter: new PrismaPg(pool) });
      return prisma;
    },
    transaction: (work, transactionOptions) => transaction(pool, work, transactionOptions ?? {}),
    async close() {
      await prisma?.$disconnect();
      await pool.end();
    },
  };
}

async function transaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, commit: Commit) => Promise<T>,
  { timeoutMs = 5_000, totalMs = 30_000, isolation = 'READ COMMITTED' }: TransactionOptions,
): Promise<T> {
  const client = (await pool.connect()) as pg.PoolClient & PreparingClient;
  let unusable = false;
  // PostgreSQL says why it ends a connection when nothing is asked of it; the next query only hears that it has ended.
  let ended: Error | undefined;
  const onError = (error: Error): void => {
    ended ??= error;
  };
  client.on('error', onError);
  let committed = false;
  const commit: Commit = async (last) => {
    committed = true;
    const committing = client.query('COMMIT');
    client.isCommitting = true;
    const [result, { command }] = await Promise.all([last, committing]);
    // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a failed statement in it was ignored.');
    return result;
  };
  const run = async (): Promise<T> => {
    // Where it fails so does what follows it: it fails only with its connection.
    const begun = client.query(
      `BEGIN ISOLATION LEVEL ${isolation}; SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)};` +
        `SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(timeoutMs)}`,
    );
    try {
      const [result] = await Promise.all([work(client, commit), begun]);
      return committed ? result : await commit(Promise.resolve(result));
    } catch (error) {
      unusable = isStaleStatement(error);
      client.isCommitting = false;
      await client.query('ROLLBACK').catch(() => {
        unusable = true;
      });
      throw ended ?? error;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const cut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      unusable = true;
      reject(new DatabaseTimeout(`A transaction was cut after ${totalMs} ms; PostgreSQL may not be answering.`));
    }, totalMs);
  });
  try {
    return await Promise.race([run(), cut]);
  } finally {
    clearTimeout(timer);
    client.off('error', onError);
    client.isCommitting = false;
    client.release(unusable);
  }
}

/** PostgreSQL did not answer in time: worth another try. */
export class DatabaseTimeout extends Error {
  override readonly name = 'DatabaseTimeout';
}
