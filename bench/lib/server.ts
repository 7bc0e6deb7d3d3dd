/** The HTTP server of one process, without an evaluator or worker. */
import { startHttp } from '../../cli/run/http.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Target } from './requests.ts';

const KEY = 'bench-write-key-of-this-run';
/** Of pages and links, which a benchmark does not request. */
export const SECRET = 'bench-secret-of-this-run-32-bytes';

export const HTTP = {
  writeKeys: [{ source: 'bench', key: KEY }],
  access: { apiToken: SECRET, open: false },
  parts: [],
};

export async function writeKeyServer(database: Database): Promise<{ target: Target; close(): Promise<void> }> {
  const server = await startHttp({ ...HTTP, database, secret: SECRET });
  return { target: targetOf(server.baseUrl), close: () => server.close() };
}

export function targetOf(baseUrl: string): Target {
  return { baseUrl, writeKey: KEY };
}
