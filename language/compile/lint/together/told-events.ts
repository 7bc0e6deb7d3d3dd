/** Which playbooks a playbook's own events may fire (E9): its effects, its start and its end, and who listens to them. */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { CompiledArm, CompiledPlaybook, SubjectType } from '../../../model.ts';
import { REQUESTED } from '../../../records/runs.ts';
import type { Registry, ToldEvent } from '../../../syntax.ts';

/** What a playbook tells, and at which step; without one, by itself. */
export interface Told extends ToldEvent {
  /** The path of the step: `steps.2`. */
  step?: string;
}

/** Roles in which an event ends or counts against what is waited for: it does not fire. */
const ENDING_ROLES = new Set(['unless', 'of']);
/** Its firings have no evidence (T15): what follows is by the calendar. */
const BY_CALENDAR = new Set(['drop']);

export function toldBy({ steps, subject }: CompiledPlaybook, registry: Registry): Told[] {
  const syntaxes = new Map(registry.steps.map((syntax) => [syntax.kind, syntax]));
  const effects = Object.values(steps).flatMap((step) => {
    const told = syntaxes.get(step.kind)?.effect?.tells?.(step.config as never, subject) ?? [];
    return told.map((event) => ({ ...event, step: step.path }));
  });
  const enrolment = ['enrolment.started', 'enrolment.ended'].map((name) => ({ name, on: subject, properties: {} }));
  return [...effects, ...enrolment];
}

/** The first of what a playbook tells that may fire another, or the playbook itself; undefined where none may. */
export function feeds(from: CompiledPlaybook, told: readonly Told[], to: CompiledPlaybook): Told | undefined {
  // What a playbook writes itself turns its own condition only where it writes the trait back and forth.
  const isToAndFro = (on: string, trait: string) =>
    from !== to || told.filter((one) => one.on === on && trait in (one.traits ?? {})).length > 1;
  const isRun = ({ name, properties }: Told) => name === REQUESTED && properties.runs === to.playbook;
  return told.find(
    (event) => isRun(event) || to.trigger.arms.some((arm) => fires(arm, event, { from, to, isToAndFro })),
  );
}

interface Between {
  from: CompiledPlaybook;
  to: CompiledPlaybook;
  isToAndFro: (on: string, trait: string) => boolean;
}

function fires(arm: CompiledArm, event: Told, { from, to, isToAndFro }: Between): boolean {
  if (BY_CALENDAR.has(arm.kind)) return false;
  if (standsOn(event.on, to.subject) && listens(arm, event, from)) return true;
  return event.on === to.subject && turns(arm, event, isToAndFro);
}

/** E8: a record's event stands on the timelines of its contact and its account, too. */
function standsOn(named: SubjectType, subject: SubjectType): boolean {
  if (named === subject) return true;
  return (
    (subject === 'contact' && (named === 'ticket' || named === 'deal')) ||
    (subject === 'account' && named !== 'colleague' && named !== 'workspace')
  );
}

function listens(arm: CompiledArm, { name, properties, step }: Told, from: CompiledPlaybook): boolean {
  const known = { playbook: from.playbook, ...(step !== undefined && { step }), ...properties };
  const facts = Object.entries(known).map(([field, value]) => `event.${field} == ${JSON.stringify(value)}`);
  return Object.entries(arm.roles).some(
    ([role, patterns]) =>
      !ENDING_ROLES.has(role) &&
      patterns.some(({ event, where }) => event === name && (!where || mayHold(where.cel, facts))),
  );
}

/** A condition over records that a written trait may turn. */
function turns(arm: CompiledArm, { on, traits = {} }: Told, isToAndFro: Between['isToAndFro']): boolean {
  if (Object.keys(arm.roles).length > 0) return false;
  return Object.values(arm.values).some(({ cel, reads }) =>
    Object.entries(traits).some(([trait, value]) => {
      const path = `${on}.${trait}`;
      const isRead = reads.some((read) => read === path || read.startsWith(`${path}.`));
      return (
        isRead &&
        isToAndFro(on, trait) &&
        (value === undefined || mayHold(cel, [`${path} == ${JSON.stringify(value)}`]))
      );
    }),
  );
}

function mayHold(condition: string, facts: readonly string[]): boolean {
  return whyNeverTrue(`(${condition}) && ${facts.join(' && ')}`) === undefined;
}
