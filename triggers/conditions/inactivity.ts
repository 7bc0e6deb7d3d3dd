/** T6: fires once per quiet spell, `for` after the last X. */
import { z } from 'zod';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { type Condition, inLastTenth, type NearMiss, type Snapshot, snapshotOf } from '../condition.ts';
import { describeEvents, describeWindow, patternShape, spanShape } from './shapes.ts';

const schema = z.strictObject({ inactive: patternShape, for: spanShape });

interface Spell {
  last: Snapshot;
  dueAt: number;
}

export const condition: Condition<Spell> = {
  kind: 'inactivity',
  keys: ['inactive', 'for'],
  schema,
  byTime: true,
  keyless: { active: 'no-part' },
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    return {
      roles: { active: context.events(value.inactive, [...path, 'inactive']) },
      windows: { for: context.span(value.for, [...path, 'for']) },
      values: {},
      config: null,
    };
  },
  describe: (arm) => `no ${describeEvents(arm.roles.active)} for ${describeWindow(arm, 'for')}`,
  // The spell that fired goes on until the next X opens another.
  stillHolds: (_arm, spell) => spell === undefined,
  example: 'trigger: { inactive: order.completed, for: 90d }',

  onEvent(_arm, before, { event, endOf }) {
    const broke = before && inLastTenth(event.at, before.last.at, before.dueAt);
    const missed: { missed?: NearMiss } = broke ? { missed: { by: 'the last tenth of `for`', amount: 1 } } : {};
    const dueAt = endOf('for', event.at);
    // The spell before has ended either way.
    if (dueAt === undefined) return { state: undefined, ...missed };
    return { state: { last: snapshotOf(event), dueAt }, dueAt, ...missed };
  },

  lacks(arm, passed, { told }) {
    const last = passed.at(-1);
    const active = describeEvents(arm.roles.active);
    if (last === undefined) return [`no ${active} has come: without one there is no quiet spell`];
    if (last.state === undefined) return [`its quiet spell has fired; the next begins with ${active}`];
    const { dueAt, last: latest } = last.state;
    return [`the last ${latest.name} came at ${told(latest.at)}; it fires at ${told(dueAt)} if none comes before`];
  },

  onDeadline(_arm, spell, { at }) {
    if (spell.dueAt > at) return { state: spell, dueAt: spell.dueAt };
    // Nothing is kept after the firing: only the next X begins another spell.
    return {
      state: undefined,
      firings: [{ at: spell.dueAt, evidence: [spell.last.id], latest: spell.last, fields: {} }],
    };
  },
};
