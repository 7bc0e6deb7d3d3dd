/** A run of which nothing but firings is asked (V4): where no firing depends on enrolments, none has to begin. */
import { registry } from '../../evaluation/registry.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Firing } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { type SessionParts, VirtualSession } from '../entry/virtual-session.ts';

/** What an enrolment tells by itself (E9). */
const OF_ENROLMENTS = ['enrolment.started', 'enrolment.ended'];

/** Whether what enrolments tell, or write into records, may change what fires. */
export function firingsDependOnEnrolments({ subjects, versions }: TriggerProgram): boolean {
  const heard = new Set<string>();
  for (const { armsByEvent, clocksByEvent, traitsByEvent } of subjects.values()) {
    for (const byEvent of [armsByEvent, clocksByEvent, traitsByEvent])
      for (const name of byEvent.keys()) heard.add(name);
  }
  if (OF_ENROLMENTS.some((name) => heard.has(name))) return true;
  const syntaxes = new Map(registry.steps.map((syntax) => [syntax.kind, syntax]));
  return [...versions.values()].some(({ playbook: { steps, subject } }) =>
    Object.values(steps).some(({ kind, config }) => {
      // What one playbook runs fires in another (S13).
      if (kind === 'run') return true;
      const told = syntaxes.get(kind)?.effect?.tells?.(config as never, subject) ?? [];
      // A trait that is written may be read by any condition.
      return told.some(({ name, traits }) => traits !== undefined || heard.has(name));
    }),
  );
}

/** Tells of firings, and lets none enter. */
export class FiringsSession extends VirtualSession {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    super(parts);
    this.#parts = parts;
  }

  override isNew(firing: Firing, id: string, place: Place): boolean {
    if (super.isNew(firing, id, place)) {
      const { playbook, subject, key, at, evidence } = firing;
      this.#parts.identities.note(firing, id);
      this.#parts.emit({ type: 'firing', playbook, subject, key, at, evidence });
    }
    return false;
  }
}
