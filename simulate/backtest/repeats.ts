/**
 * Which events repeat an id that came before (E2). Hashes of ids are put on disk in buckets, and looked through one bucket
 * at a time: memory holds one of them, not the ids of all events.
 */
import { hash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { IdTable } from './id-table.ts';
import { LineWriter } from './line-file.ts';
import { sortFile } from './sort-file.ts';

/** A billion events make buckets of 70 MB. */
const BUCKETS = 256;
const HASH_BYTES = 12;
const ARRIVAL_BYTES = 6;
const RECORD_BYTES = HASH_BYTES + ARRIVAL_BYTES;
/** Of each bucket, before they are written. */
const RECORDS_HELD = 512;

interface Bucket {
  held: Buffer;
  bytes: number;
  path: string;
  isOnDisk: boolean;
}

export interface Repeated {
  count: number;
  /** A file of their arrivals, ascending, one a line. */
  path: string;
}

export class Repeats {
  readonly #path: string;
  readonly #buckets: Bucket[];

  constructor(folder: string) {
    this.#path = join(folder, 'repeats');
    this.#buckets = Array.from({ length: BUCKETS }, (_, n) => ({
      held: Buffer.alloc(RECORDS_HELD * RECORD_BYTES),
      bytes: 0,
      path: `${this.#path}.ids-${n}`,
      isOnDisk: false,
    }));
  }

  /** Ids are unique within a source. Arrivals come in their order. */
  note(id: string, arrival: number): void {
    const digest = hash('sha1', id, 'buffer');
    const bucket = this.#buckets[digest[HASH_BYTES]!]!;
    digest.copy(bucket.held, bucket.bytes, 0, HASH_BYTES);
    bucket.held.writeUIntBE(arrival, bucket.bytes + HASH_BYTES, ARRIVAL_BYTES);
    bucket.bytes += RECORD_BYTES;
    if (bucket.bytes === bucket.held.length) flush(bucket);
  }

  /** Finds every event but the first of each id. Nothing may be noted after it. */
  finish(): Repeated {
    const writer = new LineWriter(this.#path);
    let count = 0;
    for (const bucket of this.#buckets) {
      for (const arrival of repeatedIn(bucket)) {
        writer.write(String(arrival));
        count += 1;
      }
    }
    writer.close();
    if (count > 0) sortFile(this.#path, { parse: Number, compare: (a, b) => a - b });
    return { count, path: this.#path };
  }
}

function flush(bucket: Bucket): void {
  appendFileSync(bucket.path, bucket.held.subarray(0, bucket.bytes), { mode: 0o600 });
  bucket.isOnDisk = true;
  bucket.bytes = 0;
}

function* repeatedIn(bucket: Bucket): Generator<number> {
  let records = bucket.held.subarray(0, bucket.bytes);
  if (bucket.isOnDisk) {
    flush(bucket);
    records = readFileSync(bucket.path);
    rmSync(bucket.path);
  }
  const ids = new IdTable();
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    if (ids.addHash(records.readUIntBE(at, 6), records.readUIntBE(at + 6, 6))) continue;
    yield records.readUIntBE(at + HASH_BYTES, ARRIVAL_BYTES);
  }
}
