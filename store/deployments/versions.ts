/** Pinned versions of playbooks, by their hash: they never change. */
import { LRUCache } from 'lru-cache';
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

/** Versions in one statement: each has up to some hundred kB. */
const CHUNK = 200;

/** Of the texts of all versions that are cached together. */
const MAX_CACHED_CHARS = 32_000_000;

interface CachedVersion {
  version: PlaybookVersion;
  chars: number;
}

const cache = new LRUCache<string, CachedVersion>({ maxSize: MAX_CACHED_CHARS, sizeCalculation: ({ chars }) => chars });

/** Those of them that are in the store: for people who look at what was, and not for what runs. */
export async function readKnownVersions(
  client: Queryable,
  hashes: Iterable<string>,
): Promise<ReadonlyMap<string, PlaybookVersion>> {
  const wanted = [...new Set(hashes)];
  const { rows } = await client.query<{ hash: string }>(
    'SELECT hash FROM playbook_versions WHERE hash = ANY($1::text[])',
    [wanted.filter((hash) => !cache.has(hash))],
  );
  const stored = new Set(rows.map(({ hash }) => hash));
  return readVersions(
    client,
    wanted.filter((hash) => cache.has(hash) || stored.has(hash)),
  );
}

/**
 * Pinned versions by their hash, in one statement per chunk of those that are not cached.
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
    const known = cache.get(hash);
    if (!known) missing.push(hash);
    else found.set(hash, known.version);
  }
  for (const some of chunksOf(missing)) {
    const { rows } = await client.query<{ hash: string; content: PlaybookVersion; chars: number }>(
      'SELECT hash, content, length(content::text) AS chars FROM playbook_versions WHERE hash = ANY($1::text[])',
      [some],
    );
    for (const { hash, content, chars } of rows) {
      cache.set(hash, { version: content, chars });
      found.set(hash, content);
    }
    const none = some.find((hash) => !found.has(hash));
    if (none !== undefined) throw new Error(`version ${none} is not in the store`);
  }
  return found;
}

/** Where a version was written (V1): it is no part of it. */
export interface VersionOrigin {
  /** As people name it: `playbooks/welcome.yaml`. */
  file: string;
  /** By the path of each step, from 1. */
  lines: { [path: string]: number };
  /** Absent where the file is in no repository, or was changed since the commit. */
  commit?: string;
}

/** Of a stored version: when it was first deployed, and where it was written. */
export interface StoredOrigin {
  createdAt: Instant;
  file: string | null;
  /** By the path of each step, from 1. */
  lines: { [path: string]: number };
  commit: string | null;
}

/** By hash; without those that were never deployed. */
export async function readOrigins(client: Queryable, hashes: readonly string[]): Promise<Map<string, StoredOrigin>> {
  const { rows } = await client.query<StoredOrigin & { hash: string }>(
    `SELECT hash, created_at AS "createdAt", origin ->> 'file' AS file, coalesce(origin -> 'lines', '{}') AS lines,
            git_commit AS commit FROM playbook_versions WHERE hash = ANY($1::text[])`,
    [hashes],
  );
  return new Map(rows.map(({ hash, ...origin }) => [hash, origin]));
}

/** Writes those that are not in the store yet. @param origins by hash */
export async function insertVersions(
  client: Queryable,
  versions: readonly PlaybookVersion[],
  origins: ReadonlyMap<string, VersionOrigin> = new Map(),
): Promise<void> {
  const { rows } = await client.query<{ hash: string }>(
    'SELECT hash FROM playbook_versions WHERE hash = ANY($1::text[])',
    [versions.map(({ hash }) => hash)],
  );
  const known = new Set(rows.map(({ hash }) => hash));
  for (const some of chunksOf(versions.filter(({ hash }) => !known.has(hash)))) {
    await client.query(
      `INSERT INTO playbook_versions (hash, playbook, content, git_commit, origin, created_at)
       SELECT hash, playbook, content::jsonb, commit, origin::jsonb, cuebook_now()
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
           AS w (hash, playbook, content, commit, origin)
       ON CONFLICT (hash) DO NOTHING`,
      [
        some.map(({ hash }) => hash),
        some.map(({ playbook }) => playbook.playbook),
        some.map((version) => JSON.stringify(version)),
        some.map(({ hash }) => origins.get(hash)?.commit ?? null),
        some.map(({ hash }) => originOf(origins.get(hash))),
      ],
    );
  }
}

function originOf(origin: VersionOrigin | undefined): string | null {
  return origin === undefined ? null : JSON.stringify({ file: origin.file, lines: origin.lines });
}

function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let n = 0; n < items.length; n += CHUNK) yield items.slice(n, n + CHUNK);
}
