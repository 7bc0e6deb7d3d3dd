/** Writes the events of requests, by group commit, and refuses more than may wait. */
import type { NewEvent } from '../../events/new-event.ts';
import type { Database } from '../postgres/database.ts';
import { groupCommit } from '../postgres/group-commit.ts';
import { isTransient, withRetries } from '../postgres/retry.ts';
import { type Appended, appendEvents } from './events.ts';

export interface EventWriter {
  /**
   * Appends one request's events. Resolves after the commit (E7), in the order of the list.
   *
   * @param bytes about what the events weigh.
   * @throws Overloaded when too much is waiting already; StoreUnavailable when PostgreSQL is away. Then the request
   *   may or may not be stored: sent again, it is stored once.
   */
  append(events: readonly NewEvent[], bytes: number): Promise<Appended[]>;
  /** Takes no more, and resolves when what was taken is written. */
  close(): Promise<void>;
}

export interface WriterLimits {
  /** Events that may wait, of all sources. */
  queuedEvents: number;
  /** What those may weigh. */
  queuedBytes: number;
  /** The share of `queuedEvents` that one source may take, so that it cannot shut out the others. */
  sourceShare: number;
  /** Events in one transaction; a single request may have more. */
  groupEvents: number;
  groupBytes: number;
  /** How long a group is tried while PostgreSQL is away. */
  retryMs: number;
}

const LIMITS: WriterLimits = {
  queuedEvents: 20_000,
  queuedBytes: 64 * 1024 * 1024,
  sourceShare: 0.5,
  groupEvents: 2_000,
  groupBytes: 4 * 1024 * 1024,
  retryMs: 2_000,
};

/** Too much is waiting to be written. `scope` tells whether this source's share is used up, or everybody's. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
  readonly scope: 'source' | 'all';
  constructor(scope: 'source' | 'all') {
    super(scope === 'source' ? 'This source has too many events waiting.' : 'Too many events are waiting.');
    this.scope = scope;
  }
}

/** PostgreSQL could not be reached, or did not answer in time. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

interface Request {
  events: readonly NewEvent[];
  bytes: number;
}

/** Opens a writer; one per process, shared by everything that takes events in. */
export function openEventWriter(database: Database, overrides: Partial<WriterLimits> = {}): EventWriter {
  const limits = { ...LIMITS, ...overrides };
  let queuedEvents = 0;
  let queuedBytes = 0;
  const queuedOf = new Map<string, number>();
  let closed = false;

  const count = (request: Request, sign: 1 | -1) => {
    queuedEvents += sign * request.events.length;
    queuedBytes += sign * request.bytes;
    for (const { source } of request.events) {
      const left = (queuedOf.get(source) ?? 0) + sign;
      if (left === 0) queuedOf.delete(source);
      else queuedOf.set(source, left);
    }
  };

  const check = ({ events, bytes }: Request) => {
    if (closed) throw new StoreUnavailable('This process is stopping and takes no more events.');
    if (commits.waiting === 0) return;
    if (queuedEvents + events.length > limits.queuedEvents) throw new Overloaded('all');
    if (queuedBytes + bytes > limits.queuedBytes) throw new Overloaded('all');
    const share = limits.queuedEvents * limits.sourceShare;
    const source = events[0]?.source ?? '';
    if ((queuedOf.get(source) ?? 0) + events.length > share) throw new Overloaded('source');
  };

  const take = (waiting: Request[]): Request[] => {
    let events = 0;
    let bytes = 0;
    let size = 0;
    for (const request of waiting) {
      events += request.events.length;
      bytes += request.bytes;
      if (size > 0 && (events > limits.groupEvents || bytes > limits.groupBytes)) break;
      size++;
    }
    const group = waiting.splice(0, size);
    for (const request of group) count(request, -1);
    return group;
  };

  const commit = async (group: readonly Request[]): Promise<Appended[][]> => {
    const all = group.flatMap((request) => request.events);
    try {
      const appended = await withRetries(() => appendEvents(database, all), { untilMs: limits.retryMs });
      let start = 0;
      return group.map((request) => appended.slice(start, (start += request.events.length)));
    } catch (error) {
      if (!isTransient(error)) throw error;
      throw new StoreUnavailable('PostgreSQL is away or does not answer.', { cause: error });
    }
  };

  const isOneItems = (error: unknown) => !(error instanceof StoreUnavailable);
  const commits = groupCommit({ take, commit, isOneItems, failsWaiting: true });
  return {
    async append(events, bytes) {
      const request = { events, bytes };
      check(request);
      count(request, 1);
      return commits.add(request);
    },
    async close() {
      closed = true;
      await commits.idle();
    },
  };
}
