/** One playbook: what it says, its graph with counts, its versions, and who is in it. */
import { LRUCache } from 'lru-cache';
import type { CompiledPlaybook, PlaybookVersion } from '../../../language/model.ts';
import { DAY_MS, describeDuration } from '../../../language/time/duration.ts';
import { titleOf } from '../../../steps/steps.ts';
import { awaitedWords } from '../../../steps/words/title-words.ts';
import { readKnownVersions, readOrigins, readVersions } from '../../../store/deployments/versions.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { pageOfEnrolments, type ShownEnrolment, versionsOf } from '../../../store/reports/app/enrolments.ts';
import { readFlow, readPlaces } from '../../../store/reports/app/flow.ts';
import { refusalCounts } from '../../../store/reports/refusals.ts';
import {
  type Enrolment,
  type Flow,
  getFlow,
  getPlaybook,
  listEnrolments,
  listVersions,
  type PlaybookDetail,
  type Version,
} from '../contract/playbook.ts';
import { iso, isoOrNull, pageOf, placeOf } from '../cursor.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { reasonShown } from '../words.ts';
import { drawn, triggerWords } from './flow.ts';
import type { ReadSummaries } from './list.ts';
import { unknownPlaybook } from './status.ts';

const MAX_VERSIONS = 100;
/** Graphs with their counts are kept for a while: of many journeys they are many rows. */
const FLOWS = { max: 50, ttl: 10_000 };

export interface DetailOptions {
  database: Database;
  read: ReadSummaries;
}

export function detailRoutes({ database, read }: DetailOptions): Handled[] {
  const flows = new LRUCache<string, Promise<Flow>>(FLOWS);
  const summary = async (name: string) => {
    const found = (await read()).find((one) => one.playbook === name);
    if (!found) throw await unknownPlaybook(database, name);
    return found;
  };
  return [
    on(getPlaybook, async ({ params }): Promise<PlaybookDetail> => {
      const one = await summary(params.playbook);
      const version = await versionOf(database, one.version.hash);
      const { settings } = await readSurroundings(database);
      return { ...one, ...saidBy(version.playbook, settings.timeZone) };
    }),
    on(getFlow, async ({ params, query }) => {
      const hash = query.version ?? (await summary(params.playbook)).version.hash;
      const key = JSON.stringify([params.playbook, hash, query.days]);
      const known = flows.get(key) ?? readDrawn(database, { playbook: params.playbook, hash, days: query.days });
      known.catch(() => flows.delete(key));
      flows.set(key, known, { noUpdateTTL: true });
      return known;
    }),
    on(listVersions, async ({ params }) => {
      const one = await summary(params.playbook);
      const items = await versionsOf(database.pool, params.playbook, MAX_VERSIONS);
      return {
        items: await Promise.all(
          items.map((item) => versionShown(database, params.playbook, { item, deployed: one.version.hash })),
        ),
      };
    }),
    on(listEnrolments, async ({ params, query }) => {
      const { after, limit, version: versionHash, ...filter } = query;
      const where = { ...filter, playbook: params.playbook, versionHash, after: placeOf(after) };
      const rows = await pageOfEnrolments(database.pool, { ...where, most: limit + 1 });
      const versions = await readKnownVersions(database.pool, new Set(rows.map((row) => row.versionHash)));
      const place = ({ startedAt: at, id }: ShownEnrolment) => ({ at, id });
      return pageOf(rows, limit, { place, shown: (row) => enrolmentShown(row, versions) });
    }),
  ];
}

async function versionOf({ pool }: Database, hash: string): Promise<PlaybookVersion> {
  return (await readVersions(pool, [hash])).get(hash)!;
}

function saidBy(playbook: CompiledPlaybook, zone: string) {
  const { audience, again, goal, exitOn } = playbook;
  return {
    zone: playbook.timeZone ?? zone,
    trigger: triggerWords(playbook),
    audience: audience?.cel ?? null,
    again: again.kind === 'after' ? `after ${describeDuration(again.ms)}` : again.kind,
    tooLateAfterMs: playbook.tooLateAfterMs,
    holdoutPercent: playbook.holdoutPercent,
    goal: goal ? { words: goal.awaited.map(awaitedWords).join(' or '), withinMs: goal.withinMs ?? null } : null,
    exitOn: exitOn.map(awaitedWords),
    topic: playbook.topic ?? null,
    precedence: playbook.precedence,
  };
}

async function readDrawn(
  database: Database,
  { playbook, hash, days }: { playbook: string; hash: string; days: number },
): Promise<Flow> {
  const { pool } = database;
  const origin = (await readOrigins(pool, [hash])).get(hash);
  const version = origin && (await versionOf(database, hash));
  if (version?.playbook.playbook !== playbook) throw await unknownPlaybook(database, playbook);
  const until = await readNow(pool);
  const since = until - days * DAY_MS;
  const counts = await readFlow(pool, { playbook, versionHash: hash, since });
  const refusals = await refusalCounts(pool, [playbook], { from: since, until: until + 1 });
  return {
    ...{ playbook, version: hash, since: iso(since), until: iso(until) },
    ...drawn(version.playbook, origin?.lines ?? {}, { ...counts, refusals }),
  };
}

async function versionShown(
  database: Database,
  playbook: string,
  { item, deployed }: { item: Awaited<ReturnType<typeof versionsOf>>[number]; deployed: string },
): Promise<Version> {
  const { hash, createdAt, ...counts } = item;
  const shown = { hash, createdAt: iso(createdAt), isDeployed: hash === deployed, ...counts };
  if (item.underWay === 0) return { ...shown, at: [] };
  const { playbook: program } = await versionOf(database, hash);
  const open = await readPlaces(database.pool, { playbook, versionHash: hash, since: 0 }, 'open');
  return {
    ...shown,
    at: open.map(({ path, waits, count }) => ({ path, waits, count, title: stepTitle(program, path) })),
  };
}

function stepTitle(program: CompiledPlaybook, path: string | null): string | null {
  const step = path === null ? undefined : program.steps[path];
  return step ? titleOf(step).title : null;
}

export function enrolmentShown(row: ShownEnrolment, versions: ReadonlyMap<string, PlaybookVersion>): Enrolment {
  const { subjectType: type, subjectId, subjectName, path, versionHash, ghost, reason, outcome } = row;
  const program = versions.get(versionHash)?.playbook;
  const title = program && stepTitle(program, path);
  return {
    ...{ id: row.id, playbook: row.playbook, key: row.key, version: versionHash, heldOut: ghost, outcome },
    subject: { type, id: subjectId, name: subjectName },
    startedAt: iso(row.startedAt),
    reason: outcome === null ? null : reasonShown(reason),
    endedAt: isoOrNull(row.endedAt),
    goalAt: isoOrNull(row.goalAt),
    nextAt: isoOrNull(row.nextAt),
    step: path === null || title == null ? null : { path, title },
  };
}
