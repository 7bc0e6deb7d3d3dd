/** `GET /api/playbooks`: every playbook with what it has come to. */
import type { PlaybookVersion } from '../../../language/model.ts';
import { addDays, localDate, startOfDay } from '../../../language/time/zones.ts';
import { type Deployment, readDeployments } from '../../../store/deployments/deployments.ts';
import { readStopped, type StatusShown } from '../../../store/deployments/playbook-status.ts';
import { readOrigins, readVersions, type StoredOrigin } from '../../../store/deployments/versions.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import {
  type ConversionCount,
  countConversions,
  countDays,
  countJourneys,
  type DayCount,
  type JourneyCount,
  openVersionsOf,
} from '../../../store/reports/app/journeys.ts';
import { type Cached, cached } from '../../cached.ts';
import { listPlaybooks, type PlaybookSummary } from '../contract/playbooks.ts';
import { iso } from '../cursor.ts';
import { readSurroundings } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { journeysShown } from '../words.ts';

const KEPT_MS = 5_000;
const TREND_DAYS = 14;

export type ReadSummaries = Cached<PlaybookSummary[]>;

/** Read at most once in five seconds, however many ask. */
export function summariesOf(database: Database): ReadSummaries {
  return cached(KEPT_MS, () => readSummaries(database));
}

export function playbooksRoutes({ read }: { read: ReadSummaries }): Handled[] {
  return [on(listPlaybooks, async () => ({ items: await read() }))];
}

interface Counted {
  journeys: readonly JourneyCount[];
  conversions: readonly ConversionCount[];
  days: readonly DayCount[];
  /** The days of the trend, the oldest first. */
  trend: readonly string[];
}

async function readSummaries(database: Database): Promise<PlaybookSummary[]> {
  const { pool } = database;
  const { settings } = await readSurroundings(database);
  const zone = settings.timeZone;
  const today = localDate(await readNow(pool), zone);
  const trend = Array.from({ length: TREND_DAYS }, (_, n) => addDays(today, n + 1 - TREND_DAYS));
  const deployments = await readDeployments(pool);
  const journeys = await countJourneys(pool);
  const gone = await goneSummaries(database, deployments, journeys);
  const known = [...deployments.map(({ playbook, versionHash }) => ({ playbook, hash: versionHash })), ...gone];
  const hashes = known.map(({ hash }) => hash);
  const versions = await readVersions(pool, hashes);
  const origins = await readOrigins(pool, hashes);
  const names = known.map(({ playbook }) => playbook);
  const counted: Counted = {
    journeys,
    conversions: await countConversions(pool, names),
    days: await countDays(pool, names, { since: startOfDay(trend[0]!, zone), zone }),
    trend,
  };
  const stopped = await readStopped(pool);
  return known.map(({ playbook, hash }) => {
    const deployed = deployments.some((one) => one.playbook === playbook);
    const status = stopped.find((one) => one.playbook === playbook);
    return summaryOf(versions.get(hash)!, { origin: origins.get(hash)!, status, deployed }, counted);
  });
}

/** Playbooks that are deployed no more, and have people under way: with the version that most of them run. */
async function goneSummaries(
  { pool }: Database,
  deployments: readonly Deployment[],
  journeys: readonly JourneyCount[],
): Promise<{ playbook: string; hash: string }[]> {
  const open = journeys.filter(({ outcome }) => outcome === null).map(({ playbook }) => playbook);
  const gone = [...new Set(open)].filter((name) => !deployments.some(({ playbook }) => playbook === name));
  if (gone.length === 0) return [];
  return openVersionsOf(pool, gone);
}

function summaryOf(
  { hash, playbook }: PlaybookVersion,
  { origin, status, deployed }: { origin: StoredOrigin; status: StatusShown | undefined; deployed: boolean },
  { journeys, conversions, days, trend }: Counted,
): PlaybookSummary {
  const name = playbook.playbook;
  const converted = conversions.find((one) => one.playbook === name);
  const byDay = new Map(days.filter((one) => one.playbook === name).map((one) => [one.day, one]));
  return {
    playbook: name,
    description: playbook.description ?? null,
    owner: playbook.owner ?? null,
    subject: playbook.subject,
    state: deployed ? (status?.status ?? 'active') : 'gone',
    stopped: status ? { since: iso(status.since), by: status.by, reason: status.reason, held: status.held } : null,
    version: { hash, createdAt: iso(origin.createdAt), file: origin.file, commit: origin.commit },
    ...journeysShown(journeys.filter((one) => one.playbook === name)),
    converted: converted?.conversions ?? 0,
    value: converted?.value ?? 0,
    trend: trend.map((day) => ({
      day,
      entered: byDay.get(day)?.entered ?? 0,
      converted: byDay.get(day)?.converted ?? 0,
    })),
  };
}
