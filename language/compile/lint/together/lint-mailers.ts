/** Two playbooks that mail the same people within a day: each is fine alone, and nothing says so but both together. */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { CompiledArm, CompiledPlaybook, Expression, FrequencyCap, Settings } from '../../../model.ts';
import type { Registry } from '../../../syntax.ts';
import { capsOf } from '../../../time/caps.ts';
import { DAY_MS, describeDuration } from '../../../time/duration.ts';
import { nextScheduled, type Schedule } from '../../../time/schedule.ts';
import { stepPlace } from '../journey/places.ts';
import type { LintedPlaybook } from '../lint-keys.ts';

/** When a playbook mails after what fires it. */
interface Mailing {
  linted: LintedPlaybook;
  /** The step that sends first. */
  path: string;
  /** What both would have to answer: an event of a kind of subject, or a day. */
  cause: string;
  /** In words: `cart.updated`. */
  shown: string;
  where?: Expression | undefined;
  /** After the event, or of the calendar, in milliseconds. */
  atMs: number;
}

/** Schedules are walked so far: two that meet within two months meet often enough. */
const DAYS_WALKED = 60;
const FROM = Date.UTC(2026, 0, 5);

export function lintMailers(playbooks: readonly LintedPlaybook[], settings: Settings, registry: Registry): void {
  if (capsOf(settings, 'marketing').some(keepsADayApart)) return;
  const byCause = new Map<string, Mailing[]>();
  for (const mailing of playbooks.flatMap((linted) => mailingsOf(linted, registry))) {
    byCause.set(mailing.cause, [...(byCause.get(mailing.cause) ?? []), mailing]);
  }
  const told = new Set<LintedPlaybook>();
  for (const mailings of byCause.values()) {
    for (const one of mailings) {
      if (told.has(one.linted)) continue;
      const other = mailings.find((it) => it.linted !== one.linted && meet(one, it));
      if (other === undefined) continue;
      told.add(one.linted);
      tell(one, other);
    }
  }
}

function keepsADayApart({ atMost, perMs, perCalendar }: FrequencyCap): boolean {
  return atMost === 1 && (perCalendar !== undefined || perMs >= DAY_MS);
}

function meet(a: Mailing, b: Mailing): boolean {
  if (Math.abs(a.atMs - b.atMs) >= DAY_MS) return false;
  const conditions = [a, b].flatMap(({ where, linted }) => [where, linted.version.playbook.audience]);
  const cel = conditions.flatMap((one) => (one === undefined ? [] : [`(${one.cel})`]));
  return cel.length < 2 || whyNeverTrue(cel.join(' && ')) === undefined;
}

function mailingsOf(linted: LintedPlaybook, registry: Registry): Mailing[] {
  const { playbook } = linted.version;
  const first = firstMail(playbook, registry);
  if (first === undefined) return [];
  return playbook.trigger.arms.flatMap((arm) =>
    causesOf(arm, playbook).map(({ delayMs, ...cause }) => ({
      ...cause,
      ...{ linted, path: first.path, atMs: delayMs + first.afterMs },
    })),
  );
}

type Cause = Pick<Mailing, 'cause' | 'shown' | 'where'> & { delayMs: number };

function causesOf(arm: CompiledArm, { subject }: CompiledPlaybook): Cause[] {
  if (arm.kind === 'event' || arm.kind === 'absence') {
    const { within } = arm.windows;
    if (arm.kind === 'absence' && within?.kind !== 'exact') return [];
    const delayMs = within?.kind === 'exact' ? within.ms : 0;
    const opening = arm.roles.event ?? arm.roles.opens ?? [];
    return opening.map(({ event, where }) => ({ cause: `${subject} ${event}`, shown: `\`${event}\``, where, delayMs }));
  }
  return arm.kind === 'schedule' ? daysOf(arm, subject) : [];
}

function daysOf(arm: CompiledArm, subject: string): Cause[] {
  const { schedule } = arm.config as unknown as { schedule: Schedule };
  const days: Cause[] = [];
  let at = nextScheduled(schedule, 'UTC', FROM);
  while (at !== undefined && at < FROM + DAYS_WALKED * DAY_MS && days.length < DAYS_WALKED) {
    const day = Math.floor(at / DAY_MS);
    const shown = `the schedules of ${new Date(at).toISOString().slice(0, 10)}`;
    days.push({ cause: `${subject} day ${day}`, shown, delayMs: at });
    at = nextScheduled(schedule, 'UTC', (day + 1) * DAY_MS - 1);
  }
  return days;
}

/** The first marketing mail that every journey comes to, with the exact waits before it. */
function firstMail({ program, steps }: CompiledPlaybook, { steps: syntaxes }: Registry) {
  const byKind = new Map(syntaxes.map((syntax) => [syntax.kind, syntax]));
  let afterMs = 0;
  for (const { op, path } of program.steps) {
    const { kind, config, if: condition } = steps[path]!;
    if (op === 'do' && condition === undefined) {
      if (byKind.get(kind)?.effect?.messageClass?.(config as never) === 'marketing') return { path, afterMs };
    } else if (op === 'pause' && condition === undefined) {
      const { moment } = config as unknown as { moment: { kind: string; ms: number } };
      if (moment.kind !== 'exact') return undefined;
      afterMs += moment.ms;
    } else if (op !== 'do') return undefined;
  }
  return undefined;
}

function tell(one: Mailing, other: Mailing): void {
  const apart = Math.abs(one.atMs - other.atMs);
  const name = other.linted.version.playbook.playbook;
  one.linted.report.key([...stepPlace(one.path), 'send'], {
    severity: 'warning',
    code: 'CB656',
    message: `\`${name}\` mails the same people ${apart === 0 ? 'at the same moment' : `${describeDuration(apart)} apart`}: both answer ${one.shown}`,
    hint: 'let their audiences exclude each other, or write caps: { marketing: { at_most: 1, per: 1d } } into settings.yaml: who has the higher `precedence` goes first',
  });
}
