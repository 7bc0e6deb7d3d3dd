/**
 * Statements with a list of parameters, be it empty, are prepared: PostgreSQL reads and plans the text once for each connection, and from then on
 * is sent its name. Who writes a query does not see it.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';

/** So many texts are prepared on a connection; what comes after them is sent as it is. More are a sign of texts made from data. */
const MOST_STATEMENTS = 1_000;

const names = new Map<string, string>();

/** The name of a statement, always the same for the same text; none once too many different texts were seen. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_STATEMENTS) return known;
  const name = `cuebook_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  names.set(text, name);
  return name;
}

type Args = [config: unknown, values?: unknown, callback?: unknown];

/**
 * A client whose `query(text, values)` prepares the text. What is asked as an object (Prisma, cursors) names itself.
 * What is asked in one turn of the event loop goes out in one piece: each write to the socket costs as much as a small
 * statement.
 */
export class PreparingClient extends pg.Client {
  /** Its COMMIT has been sent: what comes behind it would be outside of the transaction, and is refused. */
  isCommitting = false;
  #isGathering = false;

  // The overloads of `query` are those of `pg.Client`: only how the text is sent differs.
  override query = ((...[config, values, callback]: Args) => {
    const name = typeof config === 'string' && Array.isArray(values) ? statementName(config) : undefined;
    const asked = name === undefined ? [config, values] : [{ name, text: config, values }, undefined];
    if (this.isCommitting) throw new Error(`A statement came behind the COMMIT of its transaction: ${String(config)}`);
    this.#gather();
    return Reflect.apply(pg.Client.prototype.query, this, [...asked, callback]);
  }) as pg.Client['query'];

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }
}

/**
 * True for a statement that PostgreSQL cannot run as it was prepared: a migration has changed what it answers (0A000), or a
 * pooler between has lost it (26000). A new connection prepares it anew.
 */
export function isStaleStatement(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === '26000' || (code === '0A000' && /cached plan/.test(String(message)));
}
