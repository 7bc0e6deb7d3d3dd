/** Compares what came with what must have come. Pure: a list of faults, none when all holds. */
import type { ExpectedEnrolment } from './expect.ts';
import type { Observed, ObservedEffect, ObservedEnrolment } from './observe.ts';

export interface CheckInput {
  acknowledged: ReadonlySet<string>;
  observed: Observed;
  expected: ReadonlyMap<string, ExpectedEnrolment>;
  /** Message-ID → how often it came. */
  mails: ReadonlyMap<string, number>;
  /** Effects that a kill found between claim and answer, as `<enrolment> <path>`. */
  inHandover: ReadonlySet<string>;
  kills: number;
}

/** In handover at once, and so at most sent again or left unknown by one kill: the product's default for SMTP. */
export const MOST_IN_HANDOVER = 2;

export function faultsOf(input: CheckInput): string[] {
  return [...eventFaults(input), ...enrolmentFaults(input), ...effectFaults(input), ...mailFaults(input)];
}

/** E7, E2: what was acknowledged is there, and once. */
function eventFaults({ acknowledged, observed }: CheckInput): string[] {
  const stored = countsOf(observed.events.map((event) => event.messageId));
  const lost = [...acknowledged].filter((id) => !stored.has(id));
  const twice = [...stored].filter(([, times]) => times > 1).map(([id]) => id);
  return [
    ...lost.map((id) => `event ${id} was acknowledged and is not stored`),
    ...twice.map((id) => `event ${id} is stored more than once`),
  ];
}

/** N3: one enrolment for each firing that was accepted, and an ending for each. */
function enrolmentFaults({ observed, expected }: CheckInput): string[] {
  const found = new Map(observed.enrolments.map((enrolment) => [enrolment.id, enrolment]));
  const faults: string[] = [];
  for (const wanted of expected.values()) {
    const came = found.get(wanted.id);
    const verdict = observed.firings.get(wanted.id) ?? 'there is no such firing';
    if (!came && verdict === 'refused open' && wasOpenAt(wanted, observed.enrolments)) continue;
    if (!came) faults.push(`${nameOf(wanted)} must have entered, and has not: ${verdict}`);
    else if (came.undone !== null) faults.push(`${nameOf(wanted)} was undone by ${came.undone}, and must not be`);
    else if (!isSameEnding(wanted, came)) {
      faults.push(`${nameOf(wanted)} must end ${wanted.outcome}; it is ${came.outcome ?? 'open'} (${came.reason})`);
    }
  }
  const extra = observed.enrolments.filter(({ id }) => !expected.has(id));
  return [...faults, ...extra.map((enrolment) => `${nameOf(enrolment)} has entered, and must not have`)];
}

/** A journey that a crash held up beyond 15 minutes ends that much later (S0), and may be open where it had ended (N1). */
function wasOpenAt(
  { playbook, subject, key, startedAt }: ExpectedEnrolment,
  all: readonly ObservedEnrolment[],
): boolean {
  const same = all.filter((one) => one.playbook === playbook && one.subject === subject && one.key === key);
  return same.some((one) => one.startedAt < startedAt && one.endedAt !== null && one.endedAt >= startedAt);
}

/** A goal that comes while a journey lags behind its instant is before its ending, not after (S19). */
function isSameEnding(wanted: ExpectedEnrolment, came: ObservedEnrolment): boolean {
  if (wanted.outcome === came.outcome) return true;
  return came.outcome === 'converted' && came.goalAt !== null && came.goalAt > wanted.endedAt;
}

/** Each effect that must have come came once, unless a goal that was stored before its claim took its place (S19). */
function effectFaults({ observed, expected }: CheckInput): string[] {
  const faults: string[] = [];
  const enrolments = new Map(observed.enrolments.map((enrolment) => [enrolment.id, enrolment]));
  const found = new Map(observed.effects.map((effect) => [`${effect.enrolment} ${effect.path}`, effect]));
  for (const wanted of expected.values()) {
    const enrolment = enrolments.get(wanted.id);
    if (!enrolment) continue;
    const { goalAt } = enrolment;
    for (const [path, { kind, at, refused }] of wanted.effects) {
      const came = found.get(`${wanted.id} ${path}`);
      const wasOvertaken = goalAt !== null && goalAt > at;
      if (!came && wasOvertaken) continue;
      const fault = came ? faultOf(came, refused, wasOvertaken) : 'has not come';
      if (fault) faults.push(`${kind} ${path} of ${nameOf(wanted)} ${fault}`);
    }
  }
  for (const came of observed.effects) {
    const wanted = expected.get(came.enrolment);
    if (came.status === 'refused' || !wanted || wanted.effects.has(came.path)) continue;
    faults.push(`${came.kind} ${came.path} of ${nameOf(wanted)} came (${came.status}), and must not have`);
  }
  return faults;
}

function faultOf(came: ObservedEffect, refused: string | null, wasOvertaken: boolean): string | undefined {
  const { status, reason, kind, rows } = came;
  if (refused !== null) return status === 'refused' ? undefined : `must be refused (${refused}) and is ${status}`;
  if (status === 'refused' && wasOvertaken) return undefined;
  // Only external effects can be unknown.
  if (status === 'unknown' && kind === 'send') return undefined;
  if (status !== 'done') return `is ${status} (${reason})`;
  return kind !== 'send' && rows !== 1 ? `has left ${rows} rows` : undefined;
}

/**
 * P4: each mail came once, or is unknown where a kill found it in handover. What is no marketing may have come again
 * after each kill that found it so: a few in all.
 */
function mailFaults({ observed, mails, inHandover, kills }: CheckInput): string[] {
  const faults: string[] = [];
  const known = new Set<string>();
  let again = 0;
  for (const { providerId, status, enrolment, path, messageClass } of observed.messages) {
    if (providerId === null) continue;
    known.add(providerId);
    const times = mails.get(providerId) ?? 0;
    const isResent = messageClass !== 'marketing' && inHandover.has(`${enrolment} ${path}`);
    const most = isResent ? 1 + kills : 1;
    const least = status === 'sent' ? 1 : 0;
    const isOut = status === 'sent' || status === 'unknown';
    if (times < least || times > (isOut ? most : 0))
      faults.push(`mail ${providerId} of ${enrolment} is ${status} and came ${times} times`);
    again += Math.max(0, times - 1);
  }
  if (again > MOST_IN_HANDOVER * kills)
    faults.push(`${again} mails came again after ${kills} kills: at most ${MOST_IN_HANDOVER} a kill`);
  for (const id of mails.keys()) if (!known.has(id)) faults.push(`mail ${id} came, and no message is known by it`);
  for (const { enrolment, path, status } of observed.effects) {
    if (status !== 'unknown' || inHandover.has(`${enrolment} ${path}`)) continue;
    faults.push(`the mail of ${path} of ${enrolment} is unknown, and was in handover at no kill`);
  }
  return faults;
}

function nameOf({ id, playbook, subject }: { id: string; playbook: string; subject: string }): string {
  return `${playbook} of ${subject} (${id.slice(0, 8)})`;
}

function countsOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
