/** The programs that cohorts start with, by version hash. A version never changes, so programs are cached. */
import { LRUCache } from 'lru-cache';
import { type JourneyProgram, MAX_PROGRAM_BYTES } from '../language/model.ts';
import { readProgram } from '../store/journeys/cohorts.ts';
import type { Database } from '../store/postgres/database.ts';

const MAX_CACHED = 100;

/** A version that no journey can start with, now or later. */
export class VersionProblem extends Error {
  override readonly name = 'VersionProblem';
}

export interface Versions {
  /** @throws VersionProblem when the version is not stored, or its program is too large or of another schema. */
  program(hash: string): Promise<JourneyProgram>;
}

export function versionsOf(database: Database): Versions {
  const cache = new LRUCache<string, JourneyProgram>({ max: MAX_CACHED });
  return {
    async program(hash) {
      const program = cache.get(hash) ?? checked(hash, await readProgram(database.pool, hash));
      cache.set(hash, program);
      return program;
    },
  };
}

function checked(hash: string, stored: unknown): JourneyProgram {
  if (stored === undefined) {
    throw new VersionProblem(`Version ${hash} is not in playbook_versions; deploy its playbook again.`);
  }
  const { schema } = stored as { schema?: unknown };
  if (schema !== 1) {
    throw new VersionProblem(`The program of version ${hash} has schema ${schema}; this worker knows 1. Update it.`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(stored));
  if (bytes > MAX_PROGRAM_BYTES) {
    const limit = `a workflow takes ${MAX_PROGRAM_BYTES}`;
    throw new VersionProblem(`The program of version ${hash} has ${bytes} bytes; ${limit}. Split the playbook in two.`);
  }
  return stored as JourneyProgram;
}
