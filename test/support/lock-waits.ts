import type { Queryable } from '../../store/postgres/database.ts';

const LOOK_AGAIN_MS = 5;
const WITHIN_MS = 25_000;
const WAITING = `WITH RECURSIVE waiting (pid) AS (
    SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
    UNION SELECT l.pid FROM pg_locks l JOIN waiting w ON w.pid = ANY (pg_blocking_pids(l.pid)) WHERE NOT l.granted)
  SELECT count(*)::int AS n FROM waiting`;

/**
 * Until others wait for what this connection's transaction holds, or for one of those who do.
 *
 * @param many how many connections. @throws Error when they do not within 25 s.
 */
export async function untilWaitedFor(client: Queryable, many = 1): Promise<void> {
  for (const end = performance.now() + WITHIN_MS; ; ) {
    const { rows } = await client.query<{ n: number }>(WAITING);
    if (rows[0]!.n >= many) return;
    if (performance.now() > end) throw new Error(`${rows[0]!.n} wait for the transaction, not ${many}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
