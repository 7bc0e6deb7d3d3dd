/**
 * The figures of reports (W3), for decisions. They take seconds where much is stored, and a decision holds locks and keeps
 * the watermark back meanwhile: so they are read beside its transaction, which begins again once they are there.
 */
import type { Report, ReportPeriod } from '../../measurement/report.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readReport } from '../../store/reports/measured/read-report.ts';

export interface ReportQuestion {
  period: ReportPeriod;
  fields: readonly (keyof Report)[];
}

export type Reports = ReadonlyMap<string, Report>;

export function reportKey({ period, fields }: ReportQuestion): string {
  return JSON.stringify([period, fields]);
}

/** A decision asks for figures that are not there yet: its transaction ends, they are read, and it begins again. */
export class ReportsNeeded extends Error {
  override readonly name = 'ReportsNeeded';
  readonly questions: readonly ReportQuestion[];

  constructor(questions: readonly ReportQuestion[]) {
    super(`the figures of ${questions.length} weeks are to be read`);
    this.questions = questions;
  }
}

const LIMITS = { timeoutMs: 30_000, totalMs: 120_000 };
/** All readers of one hour ask for the same; in real time. */
const KEPT_MS = 60_000;
const MOST_KEPT = 50;

interface Kept {
  atMs: number;
  report: Promise<Report>;
}

const keptOf = new WeakMap<Database, Map<string, Kept>>();

/**
 * The figures of a week, read once for all who ask within a minute. Who has waited too long and asks again joins those
 * that are being read.
 */
export function reportFor(database: Database, question: ReportQuestion): Promise<Report> {
  const kept = keptOf.get(database) ?? new Map<string, Kept>();
  keptOf.set(database, kept);
  const key = reportKey(question);
  const nowMs = performance.now();
  for (const [old, { atMs }] of kept) if (nowMs - atMs > KEPT_MS) kept.delete(old);
  const found = kept.get(key);
  if (found !== undefined) return found.report;
  const { period, fields } = question;
  const report = database.transaction((client) => readReport(client, period, fields), LIMITS);
  const entry: Kept = { atMs: Number.POSITIVE_INFINITY, report };
  kept.set(key, entry);
  report.then(
    () => (entry.atMs = performance.now()),
    () => kept.delete(key),
  );
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return report;
}
