/** Pinned versions of playbooks, by their hash: they never change. */
import type { PlaybookVersion } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

/** A version is up to some hundred kB: so many are read or written in one statement. */
const CHUNK = 200;

/** Versions are kept, the least recently used going first, as long as their texts are not longer together. */
const MAX_CHARS = 32_000_000;

interface Kept {
  version: PlaybookVersion;
  chars: number;
}

const kept = new Map<string, Kept>();
let keptChars = 0;

/** A pinned version. @throws when no such version was ever deployed. */
export async function readVersion(client: Queryable, hash: string): Promise<PlaybookVersion> {
  return (await readVersions(client, [hash])).get(hash)!;
}

/**
 * Pinned versions by their hash, in as few statements as there are chunks of those that are not kept.
 *
 * @throws when one of them was never deployed.
 */
export async function readVersions(
  client: Queryable,
  hashes: Iterable<string>,
): Promise<ReadonlyMap<string, PlaybookVersion>> {
  const found = new Map<string, PlaybookVersion>();
  const missing: string[] = [];
  for (const hash of new Set(hashes)) {
    const known = kept.get(hash);
    if (!known) missing.push(hash);
    else found.set(hash, keep(hash, known));
  }
  for (const some of chunksOf(missing)) {
    const { rows } = await client.query<{ hash: string; content: PlaybookVersion; chars: number }>(
      'SELECT hash, content, length(content::text) AS chars FROM playbook_versions WHERE hash = ANY($1::text[])',
      [some],
    );
    for (const { hash, content, chars } of rows) found.set(hash, keep(hash, { version: content, chars }));
    const none = some.find((hash) => !found.has(hash));
    if (none !== undefined) throw new Error(`version ${none} is not in the store`);
  }
  return found;
}

/** Writes those that are not in the store yet. */
export async function insertVersions(client: Queryable, versions: readonly PlaybookVersion[]): Promise<void> {
  const { rows } = await client.query<{ hash: string }>(
    'SELECT hash FROM playbook_versions WHERE hash = ANY($1::text[])',
    [versions.map(({ hash }) => hash)],
  );
  const known = new Set(rows.map(({ hash }) => hash));
  for (const some of chunksOf(versions.filter(({ hash }) => !known.has(hash)))) {
    await client.query(
      `INSERT INTO playbook_versions (hash, playbook, content, created_at)
       SELECT hash, playbook, content::jsonb, cuebook_now()
         FROM unnest($1::text[], $2::text[], $3::text[]) AS w (hash, playbook, content)
       ON CONFLICT (hash) DO NOTHING`,
      [
        some.map(({ hash }) => hash),
        some.map(({ playbook }) => playbook.playbook),
        some.map((version) => JSON.stringify(version)),
      ],
    );
  }
}

/** Puts it behind all others, which makes it the last to go. */
function keep(hash: string, one: Kept): PlaybookVersion {
  const before = kept.get(hash);
  if (before) {
    kept.delete(hash);
    keptChars -= before.chars;
  }
  kept.set(hash, one);
  keptChars += one.chars;
  for (const [oldest, { chars }] of kept) {
    if (keptChars <= MAX_CHARS || oldest === hash) break;
    kept.delete(oldest);
    keptChars -= chars;
  }
  return one.version;
}

function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let n = 0; n < items.length; n += CHUNK) yield items.slice(n, n + CHUNK);
}
