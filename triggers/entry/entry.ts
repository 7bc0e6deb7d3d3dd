/** Entry (section 3): which firings become enrolments. Pure: facts in, decision out. */
import { bucketOf } from '../../language/hash.ts';
import type { CompiledPlaybook, Instant, Json, Settings } from '../../language/model.ts';
import { holdoutShares, mayHoldOut } from '../../language/records/holdout.ts';
import { isAnonymous } from '../../language/records/identity-links.ts';
import { runByOf } from '../../language/records/runs.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Firing } from '../engine/state.ts';
import { audienceWaitUntil } from './audience-wait.ts';
import { loopOf } from './loop.ts';

export interface PastEnrolment {
  key: string;
  startedAt: Instant;
  open: boolean;
  /** The deadline for which its journey waits; null where it waits without one (N1). */
  nextAt: Instant | null;
  /** The SLA mark that started it (N2). */
  mark?: string | undefined;
}

export interface EntryFacts {
  /** Now, as the transaction sees it; in a backtest the firing's own instant (N1). */
  now: Instant;
  status: 'active' | 'paused' | 'halted';
  /** When this trigger was first deployed (T18). */
  deployedAt: Instant;
  settings: Settings;
  /** Enrolments of (playbook, subject), ghosts too. */
  past: readonly PastEnrolment[];
  /** The value of `audience` at the firing, with what it read. */
  audience: { holds: boolean; looked: Json };
  /** It waited for its audience, and this event, a goal's or an exit's, came first (N1). */
  overtakenBy?: string | undefined;
  /** Where every effect is a marketing message: why none could be sent. */
  refusedContact?: 'consent' | 'suppressed' | undefined;
  /** The instant at which it enters, where that is later than its own: `again` and open count as of then (N1). */
  enteredAt?: Instant | undefined;
  /** The side of the holdout on which a merged subject stays: held out or not (E6). */
  side?: boolean | undefined;
  /** A test decides who is held out. */
  holdout?: 'in' | 'out' | undefined;
}

export type EntryDecision =
  | { enter: true; ghost: boolean }
  | { enter: false; reason: string; looked: Json }
  /** An anonymous subject's: decided when it is merged (E6). */
  | { enter: 'anonymous' }
  /** The journey of an open enrolment of the key has not come to the firing's instant: decided later (N1). */
  | { enter: 'deferred' }
  /** `audience` refused it, and it is tried again when that changes, up to this instant (`if_refused`, N1). */
  | { enter: 'waits'; until: Instant; looked: Json };

/** N1, in its order. */
export function decideEntry(playbook: CompiledPlaybook, firing: Firing, facts: EntryFacts): EntryDecision {
  const refuse = (reason: string, looked: Json = {}): EntryDecision => ({ enter: false, reason, looked });
  if (firing.overtaken) return refuse('overtaken');
  const runBy = runByOf(firing.trigger);
  if (!runBy && firing.at < facts.deployedAt)
    return refuse('before_deploy', { deployed_at: isoInstant(facts.deployedAt), at: isoInstant(firing.at) });
  if (!runBy && isAnonymous(firing.subject) && !playbook.anonymous) return { enter: 'anonymous' };
  if (facts.status !== 'active') return refuse('inactive', { status: facts.status });
  if (facts.now - firing.at > playbook.tooLateAfterMs) {
    return refuse('too_late_after', {
      now: isoInstant(facts.now),
      at: isoInstant(firing.at),
      too_late_after_ms: playbook.tooLateAfterMs,
    });
  }
  if (facts.overtakenBy !== undefined) return refuse('overtaken', { event: facts.overtakenBy });
  if (!facts.audience.holds) {
    const until = audienceWaitUntil(playbook, firing, facts.now);
    if (until !== undefined) return { enter: 'waits', until, looked: facts.audience.looked };
    return refuse('audience', facts.audience.looked);
  }
  const entersAt = facts.enteredAt ?? firing.at;
  const open = facts.past.filter((p) => p.open && p.key === firing.key);
  if (open.some((p) => p.nextAt !== null && p.nextAt < entersAt)) return { enter: 'deferred' };
  if (open.length > 0) return refuse('open', { started_at: open.map((p) => isoInstant(p.startedAt)) });
  const again = decideAgain(playbook, firing, entersAt, facts.past);
  if (again) return refuse('again', again);
  const loop = loopOf(firing);
  if (loop) return refuse('loop', loop);
  if (playbook.onlyMarketing && facts.refusedContact) return refuse(facts.refusedContact);
  return { enter: true, ghost: runBy?.ghost === true || isHeldOut(playbook, firing.subject.id, facts) };
}

/** N2: from the last enrolment's start; at exactly the duration it may enter again. The refusal's reason, or nothing. */
function decideAgain(
  playbook: CompiledPlaybook,
  firing: Firing,
  entersAt: Instant,
  past: readonly PastEnrolment[],
): Json | undefined {
  const { again } = playbook;
  if (again.kind === 'always') return undefined;
  const mark = firing.trigger.mark;
  const isSla = firing.reach !== undefined;
  const perKey = isSla || (again.kind === 'after' && again.per === 'key');
  const counted = past.filter((p) => (!perKey || p.key === firing.key) && (!isSla || p.mark === mark));
  if (counted.length === 0) return undefined;
  const last = Math.max(...counted.map((p) => p.startedAt));
  if (again.kind === 'never') return { again: 'never', last_started_at: isoInstant(last) };
  if (entersAt - last >= again.ms) return undefined;
  return { again: `after ${again.ms} ms`, last_started_at: isoInstant(last), at: isoInstant(entersAt) };
}

/** N4: a held-out enrolment is a ghost. */
export function isHeldOut(
  playbook: CompiledPlaybook,
  subjectId: string,
  facts: Pick<EntryFacts, 'settings' | 'holdout' | 'side'>,
): boolean {
  if (facts.holdout !== undefined) return facts.holdout === 'in' && mayHoldOut(playbook);
  const { own, global } = holdoutShares(playbook, facts.settings);
  if (own === 0 && global === 0) return false;
  if (facts.side !== undefined) return facts.side;
  return isInShare(`*:holdout:${subjectId}`, global) || isInShare(`${playbook.playbook}:holdout:${subjectId}`, own);
}

function isInShare(text: string, percent: number): boolean {
  return percent > 0 && bucketOf(text) < percent * 100;
}
