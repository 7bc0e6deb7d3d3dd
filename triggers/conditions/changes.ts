/** T19: a value of the records changes, by an event or by time; `from` and `to` narrow what it was and what it is. */
import { z } from 'zod';
import { canonical } from '../../language/canonical.ts';
import { shownNumber } from '../../language/cel/shown-number.ts';
import type { Json } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { type Condition, type RawFiring, snapshotOf } from '../condition.ts';

const constant = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);
const side = z.union([constant, z.array(constant).min(1).max(50)]);
const schema = z.strictObject({ changes: z.string(), from: side.optional(), to: side.optional() });

type Constant = z.infer<typeof constant>;

/** Absent: whatever is there. `null` stands for nothing. */
interface ChangesConfig {
  from?: Constant[];
  to?: Constant[];
}

/** What the value was at the last look; without state there was none. */
interface Known {
  value: Json;
}

export const condition: Condition<Known> = {
  kind: 'changes',
  keys: ['changes'],
  schema,
  byTime: false,
  keepsOpen: () => false,
  keyless: {},
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const config: ChangesConfig = {};
    if (value.from !== undefined) config.from = listOf(value.from);
    if (value.to !== undefined) config.to = listOf(value.to);
    const { from, to } = config;
    if (from?.length === 1 && to?.length === 1 && isSame(from[0]!, to[0]!)) {
      const message = '`from` and `to` are the same, so nothing changes';
      context.report('CB202', [...path, 'to'], message, 'leave one of them out');
    }
    return {
      roles: {},
      windows: {},
      values: { value: context.becomes(value.changes, [...path, 'changes'], 'any') },
      config: config as Json,
    };
  },
  describe(arm) {
    const { from, to } = arm.config as ChangesConfig;
    const words = (name: string, list: Constant[] | undefined) =>
      list ? ` ${name} ${list.map(shown).join(' or ')}` : '';
    return `${arm.values.value?.cel} changes${words('from', from)}${words('to', to)}`;
  },
  example: 'trigger: { changes: ticket.priority, to: [high, urgent] }',

  lacks(_arm, passed, { told, looked }) {
    const values = passed.map(({ state }) => state?.value ?? null);
    const same = values.map((value, i) => i === 0 || isSame(values[i - 1]!, value));
    const turn = same.lastIndexOf(false);
    const changed = passed[turn];
    if (changed === undefined) return [`it has not changed since it is known: ${looked}`];
    const [was, now] = [values[turn - 1], values[turn]];
    return [`it changed last at ${told(changed.at)}, from ${JSON.stringify(was)} to ${JSON.stringify(now)}: ${looked}`];
  },

  onRecord(arm, before, { at, event, value, isSeed: given, nextThresholdAt }) {
    const now = value('value') ?? null;
    const was = before?.value ?? null;
    const { from, to } = arm.config as ChangesConfig;
    const firings: RawFiring[] = [];
    if (!given && !isSame(was, now) && admits(from, was) && admits(to, now)) {
      const by = event && snapshotOf(event);
      const fields = { ...(was !== null && { from: was }), ...(now !== null && { to: now }) };
      firings.push({ at, evidence: by ? [by.id] : [], ...(by && { latest: by }), fields });
    }
    const dueAt = nextThresholdAt('value');
    if (now === null && dueAt === undefined) return { state: undefined, firings };
    return { state: { value: now }, dueAt, firings };
  },
};

/** What has no value has to be asked for: a value that is there for the first time has not changed. */
function admits(side: Constant[] | undefined, value: Json): boolean {
  return side === undefined ? value !== null : side.some((one) => isSame(one, value));
}

/** A number and the text that shows it are one (Y2). */
function isSame(a: Json, b: Json): boolean {
  return canonical(shownNumber(a) as Json) === canonical(shownNumber(b) as Json);
}

function listOf(side: Constant | Constant[]): Constant[] {
  return Array.isArray(side) ? side : [side];
}

function shown(value: Constant): string {
  return value === null ? 'nothing' : String(value);
}
