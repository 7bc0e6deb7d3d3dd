/** Whether everything keeps up: what waits, with what is still well. */
import type { Backlog } from '../../../store/reports/totals.ts';
import type { PartShown } from '../../overview/data.ts';
import type { Health } from '../contract/home.ts';

type Item = Health['items'][number];
type Level = Item['level'];

/** From these on it is a warning, and an error. A burst of a second is neither. */
const LAG_MS = { warning: 10_000, error: 300_000 };
const PENDING = { warning: 10_000, error: 1_000_000 };
const NONE: Limits = { warning: 1, error: Number.POSITIVE_INFINITY };
const NO_ONE: Limits = { warning: 1, error: 1 };

interface Limits {
  warning: number;
  error: number;
}

const LEVELS: readonly Level[] = ['ok', 'warning', 'error'];

/** @param states of parts that are watched, by their names in small letters */
export function healthOf(
  backlog: Backlog,
  parts: readonly PartShown[],
  states: readonly { part: string; up: boolean }[],
): Health {
  const counted = (code: Item['code'], value: number, limits: Limits): Item => {
    return { code, value, unit: 'count', name: null, level: levelOf(value, limits) };
  };
  const items: Item[] = [
    {
      code: 'evaluation_lag',
      value: backlog.oldestPendingMs,
      unit: 'ms',
      name: null,
      level: levelOf(backlog.oldestPendingMs, LAG_MS),
    },
    counted('pending_events', backlog.pendingEvents, PENDING),
    counted('put_back_events', backlog.putBackEvents, NONE),
    counted('set_aside_events', backlog.setAsideEvents, NO_ONE),
    counted('overdue_enrolments', backlog.overdueEnrolments, NONE),
    counted('unstarted_enrolments', backlog.unstartedEnrolments, PENDING),
    counted('waiting_messages', backlog.waitingMessages, NONE),
    counted('unknown_messages', backlog.unknownMessages, NONE),
    ...states.map(({ part, up }): Item => {
      return { code: 'part', value: up ? 1 : 0, unit: 'count', name: part, level: up ? 'ok' : 'error' };
    }),
  ];
  const shown = parts.map(({ part, from, version }) => {
    return { part, from, version, up: states.find((one) => one.part === part.toLowerCase())?.up ?? null };
  });
  const level = LEVELS[Math.max(...items.map((item) => LEVELS.indexOf(item.level)))]!;
  return { level, items, parts: shown };
}

function levelOf(value: number, { warning, error }: Limits): Level {
  return value >= error ? 'error' : value >= warning ? 'warning' : 'ok';
}
