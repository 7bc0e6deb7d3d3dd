/** Totals of each playbook so far; and what operators watch. */
import { Prisma } from '../generated/client.ts';
import { readClock } from '../postgres/clock.ts';
import type { Database } from '../postgres/database.ts';
import { type CounterValue, readCounters } from './counters.ts';

/** Of one playbook. Ghosts count as enrolments, and have outcomes; messages that they did not get are not counted. */
export interface PlaybookTotals {
  /** Those that hold: a firing that a late event undid does not count. */
  firings: number;
  /** Those that entered: those under way, and those that have ended. */
  enrolments: number;
  underWay: number;
  /** By how: converted, exited, completed, failed, cancelled. */
  ended: { [outcome: string]: number };
  /** Goals that were met: by those that this ended, and by those that had ended before or went on (G2). */
  conversions: number;
  /** Handed over, to customers and colleagues. */
  mails: number;
  tasks: number;
  escalations: number;
  /** By name: what `record` steps wrote. */
  recorded: { [name: string]: number };
  /** By name: endings, conversions and what `record` steps wrote, in one. */
  outcomes: { [name: string]: number };
}

/** Every deployed playbook by its name, in that order, and those that are deployed no more and have left something. */
export async function readTotals(database: Database): Promise<Map<string, PlaybookTotals>> {
  const deployed = await database.prisma.deployment.findMany({ select: { playbook: true } });
  const counters = await readCounters(database);
  const names = [...new Set([...deployed, ...counters].map((row) => row.playbook))].sort();
  return new Map(names.map((name) => [name, totalsOf(counters.filter(({ playbook }) => playbook === name))]));
}

function totalsOf(counters: readonly CounterValue[]): PlaybookTotals {
  const count = (kind: CounterValue['kind']) => counters.find((counter) => counter.kind === kind)?.count ?? 0;
  const named = (kind: CounterValue['kind']) => {
    const found = counters.filter((counter) => counter.kind === kind).sort((a, b) => (a.name < b.name ? -1 : 1));
    return Object.fromEntries(found.map((counter) => [counter.name, counter.count]));
  };
  const [ended, outcomes] = [named('endings'), named('outcomes')];
  const endings = Object.values(ended).reduce((sum, n) => sum + n, 0);
  return {
    firings: count('firings') - count('firings_undone'),
    enrolments: count('enrolments'),
    underWay: count('enrolments') - endings,
    ended,
    conversions: count('conversions'),
    mails: count('mails'),
    tasks: count('tasks'),
    escalations: count('escalations'),
    recorded: recordedOf(outcomes, { ended, conversions: count('conversions') }),
    outcomes,
  };
}

/** What is left of all outcomes without endings and conversions after them. */
function recordedOf(
  outcomes: PlaybookTotals['outcomes'],
  { ended, conversions }: Pick<PlaybookTotals, 'ended' | 'conversions'>,
): PlaybookTotals['recorded'] {
  const later = conversions - (ended.converted ?? 0);
  const left = Object.entries(outcomes).map(
    ([name, n]) => [name, n - (ended[name] ?? 0) - (name === 'converted' ? later : 0)] as const,
  );
  return Object.fromEntries(left.filter(([, n]) => n > 0));
}

/** How much waits, by what it waits for. */
export interface Backlog {
  /** Events that the evaluator has not consumed. */
  pendingEvents: number;
  /** Dead letters: events that failed too often. The API's name. */
  setAsideEvents: number;
  /** Pending events that are put back round after round: something holds them up. */
  putBackEvents: number;
  /** Since the oldest pending event was received, in real time, as what is overdue; 0 without one. */
  oldestPendingMs: number;
  /** Enrolments that no workflow carries yet. */
  unstartedEnrolments: number;
  openEnrolments: number;
  /** Of these, those whose next step was due more than a real minute ago: whoever carries them is away or behind. */
  overdueEnrolments: number;
  /** Messages of which it is not known whether they arrived (P4). */
  unknownMessages: number;
  /** Effects of which a message waits for its provider (P5). */
  waitingMessages: number;
}

/** Timers may be late by half a minute, so that journeys share them. */
const OVERDUE_MS = 60_000;

export async function readBacklog({ pool, prisma }: Database): Promise<Backlog> {
  const pending = await prisma.pendingEvent.aggregate({
    where: { deadLetteredAt: null },
    _count: true,
    _min: { receivedAt: true },
  });
  const setAsideEvents = await prisma.pendingEvent.count({ where: { deadLetteredAt: { not: null } } });
  const putBackEvents = await prisma.pendingEvent.count({
    where: { deadLetteredAt: null, putBackAt: { not: null } },
  });
  const unstartedEnrolments = await prisma.enrolment.count({ where: { outcome: null, cohortId: null } });
  const openEnrolments = await prisma.enrolment.count({ where: { outcome: null } });
  const unknownMessages = await prisma.message.count({ where: { status: 'unknown' } });
  const waitingEffects = await prisma.effect.count({
    where: { status: 'failed', NOT: { claim: { equals: Prisma.DbNull } } },
  });
  const waitingMessages = waitingEffects + (await prisma.colleagueMail.count({ where: { status: 'waiting' } }));
  const { now, warp } = await readClock(pool);
  const due = new Date(now - OVERDUE_MS * warp);
  const late = await prisma.enrolment.count({ where: { outcome: null, nextAt: { lt: due } } });
  // What an operator holds is nobody's delay (N6).
  const overdueEnrolments = Math.max(0, late - (await prisma.haltedEffect.count({ where: { at: { lt: due } } })));
  const oldest = pending._min.receivedAt?.getTime();
  const oldestPendingMs = oldest === undefined ? 0 : Math.round(Math.max(0, now - oldest) / warp);
  return {
    pendingEvents: pending._count,
    setAsideEvents,
    putBackEvents,
    oldestPendingMs,
    unstartedEnrolments,
    openEnrolments,
    overdueEnrolments,
    unknownMessages,
    waitingMessages,
  };
}
