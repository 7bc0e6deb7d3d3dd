/**
 * A playbook that another one runs (S13): the own events by which the two enrolments tell each other, and what `trigger` of
 * the one that was run says of the other.
 */
import { isJsonObject } from '../json.ts';
import type { CompiledPlaybook, Json, PlaybookVersion } from '../model.ts';

/** A step asks that a playbook begins for its subject. */
export const REQUESTED = 'enrolment.requested';
/** What was asked for has ended, or was refused. */
export const RETURNED = 'enrolment.returned';
/** It is waited for no longer, and ends. */
export const RECALLED = 'enrolment.recalled';

/** They are listened to whatever is deployed: an enrolment of an earlier version may wait for them. */
export const RUN_EVENTS: readonly string[] = [REQUESTED, RETURNED, RECALLED];

/** The field of `trigger` that says who has run the playbook. */
export const RUN_BY = 'run_by';

/** The enrolment whose step has run another playbook. */
export interface RunBy {
  playbook: string;
  enrolment: string;
  /** The id of the step's effect: one for each round. */
  run: string;
  /** It waits for the end, and ends what it has run with itself. */
  waits: boolean;
  ghost: boolean;
}

type Values = { readonly [name: string]: Json };

/** Who has run the playbook of a firing or an enrolment; undefined where its own trigger has fired. */
export function runByOf(trigger: Values): RunBy | undefined {
  const by = trigger[RUN_BY];
  if (!isJsonObject(by)) return undefined;
  const { playbook, enrolment, run, waits, ghost } = by;
  if (typeof playbook !== 'string' || typeof enrolment !== 'string' || typeof run !== 'string') return undefined;
  return { playbook, enrolment, run, waits: waits === true, ghost: ghost === true };
}

/** Whether an event takes back what the enrolment of a `trigger` was run for: the step does, or the end of who has run it. */
export function recalls({ enrolment = null, run = null }: Values, trigger: Values): boolean {
  const by = runByOf(trigger);
  return by !== undefined && enrolment === by.enrolment && (run === null || run === by.run);
}

/** The playbooks that a playbook's steps run. @param which only those whose end it waits for */
export function runsOf({ steps }: CompiledPlaybook, { waited = false } = {}): string[] {
  return Object.values(steps).flatMap(({ kind, config }) => {
    if (kind !== 'run') return [];
    const { runs, arms } = config as unknown as { runs: string; arms?: unknown };
    return waited && arms === undefined ? [] : [runs];
  });
}

/** Some playbooks, and behind them those that they run, directly or through others. */
export function withThoseRun(chosen: readonly PlaybookVersion[], all: readonly PlaybookVersion[]): PlaybookVersion[] {
  const byName = new Map([...all, ...chosen].map((version) => [version.playbook.playbook, version]));
  const found = new Map(chosen.map((version) => [version.playbook.playbook, version]));
  // A map is walked in the order in which it grows.
  for (const { playbook } of found.values()) {
    for (const name of runsOf(playbook)) {
      const version = byName.get(name);
      if (version && !found.has(name)) found.set(name, version);
    }
  }
  return [...found.values()];
}
