/** S8: changes traits of the subject or of what it names. */

import { z } from 'zod';
import {
  type Expression,
  type Json,
  RECORD_TYPES,
  type RecordType,
  type Text,
  type Traits,
} from '../../language/model.ts';
import { own } from '../../language/records/own.ts';
import { readNumber } from '../../language/records/read-number.ts';
import { STEP_ROOTS } from '../../language/roots.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { effectNode } from '../nodes.ts';
import { wordsOf } from '../sentences.ts';
import type { Facts, Step, Write } from '../step.ts';

const plain = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);
const change = z.union([
  z.strictObject({ value: z.union([z.string().max(4_000), z.number(), z.boolean()]) }),
  z.strictObject({ add: plain.optional(), remove: plain.optional() }),
]);
const schema = z.strictObject({
  update: z
    .record(z.string(), z.union([plain, change]))
    .refine((u) => Object.keys(u).length > 0, { error: 'nothing is changed' }),
});

type Value = Text | Expression | number | boolean | null;
interface Change {
  type: RecordType;
  trait: string;
  set?: Value;
  add?: Value;
  remove?: Value;
}

export const step: Step = {
  kind: 'update',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const changes: Change[] = [];
    for (const [name, to] of Object.entries(value.update)) {
      const here = [...path, 'update', name];
      const [type, trait, more] = name.split('.');
      if (!RECORD_TYPES.includes(type as RecordType) || !trait || more !== undefined) {
        context.reportKey('CB331', here, `"${name}" names no trait`, traitMeant(name, context.subject));
        continue;
      }
      const text = (v: z.infer<typeof plain>, at = here): Value =>
        typeof v === 'string' ? context.valueText(v, at) : v;
      const base = { type: type as RecordType, trait };
      if (typeof to !== 'object' || to === null) changes.push({ ...base, set: text(to) });
      else if ('value' in to) {
        const set = context.expression(to.value, [...here, 'value'], { roots: STEP_ROOTS, counts: true });
        changes.push({ ...base, set });
      } else {
        changes.push({
          ...base,
          ...(to.add !== undefined && { add: text(to.add, [...here, 'add']) }),
          ...(to.remove !== undefined && { remove: text(to.remove, [...here, 'remove']) }),
        });
      }
    }
    return { node: effectNode(at, { leaves: false }), config: { changes } as never };
  },
  effect: {
    line: [],
    withheldFromGhosts: {},
    tells: ({ changes }: { changes: Change[] }) =>
      [...new Set(changes.map(({ type }) => type))].map((type) => ({
        name: `${type}.updated`,
        on: type,
        properties: { by: 'update' },
        traits: Object.fromEntries(
          changes.flatMap(({ type: of, trait, set }) => (of === type ? [[trait, constantOf(set)]] : [])),
        ),
      })),
    sentence: ({ subject, detail }) => `${subject}: ${changesOf(detail.update)}`,
  },
  example:
    '- update: { contact.stage: working, contact.tags: { add: warm }, contact.review_at: { value: now + days(30) } }',

  title({ config }) {
    const { changes } = config as unknown as { changes: Change[] };
    return { title: `Update ${changes.map(({ type, trait }) => `${type}.${trait}`).join(', ')}` };
  },
  decide(step, _command, facts) {
    const { changes } = step.config as unknown as { changes: Change[] };
    const line: { [name: string]: Json } = {};
    const patches = new Map<string, { type: RecordType; id: string; traits: Traits }>();
    const kept: string[] = [];
    for (const change of changes) {
      const record = facts.related(change.type);
      if (!record) continue;
      const patch = patches.get(change.type) ?? { type: change.type, id: record.id, traits: {} };
      patches.set(change.type, patch);
      const before = own(patch.traits, change.trait) ?? own(record.traits, change.trait);
      const after = changed(change, before, facts);
      if (after === undefined) {
        kept.push(`${change.type}.${change.trait}`);
        continue;
      }
      patch.traits[change.trait] = after;
      line[`${change.type}.${change.trait}`] = shown(change, facts);
    }
    const writes: Write[] = [...patches.values()]
      .filter(({ traits }) => Object.keys(traits).length > 0)
      .map((patch) => ({ write: 'traits', ...patch }));
    const evaluated = kept.length > 0 && { evaluated: { kept, why: 'there is nothing to write, or no number to add' } };
    if (kept.length === changes.length) return { answer: { go: 'next' }, ...evaluated };
    return { answer: { go: 'next' }, ...evaluated, writes, line: { detail: { update: line } } };
  },
};

/** What is changed is one trait of one record. */
function traitMeant(name: string, subject: string): string {
  const [first = '', trait, more] = name.split('.');
  const record = RECORD_TYPES.find((type) => type === subject) ?? 'contact';
  if (/^(?:trigger|event|steps|now)$/.test(first)) {
    return `what happened stays as it was; a trait is written: ${record}.${trait ?? 'stage'}: "{{ ${name} }}"`;
  }
  if (more !== undefined) return `a trait is written as a whole: ${first}.${trait}`;
  if (/^(?:user|person|customer|lead)$/.test(first)) return `write contact.${trait ?? 'stage'}`;
  return trait === undefined
    ? `write ${record}.${/^\w+$/.test(first) ? first : 'stage'}`
    : 'write it as contact.stage, account.…, deal.… or ticket.…';
}

function constantOf(value: Value | undefined): string | number | boolean | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || 'cel' in value) return undefined;
  return value.text.includes('{{') ? undefined : value.text;
}

function jsonOf(value: Value, facts: Facts): Json {
  if (typeof value !== 'object' || value === null) return value;
  return 'cel' in value ? (facts.value(value) ?? null) : facts.text(value);
}

/**
 * A list gains or loses a value, a number grows, a text becomes a list; undefined where the trait stays as it is: a text
 * that comes to nothing changes nothing, and what is no number does not go into one.
 */
function changed(change: Change, before: Json | undefined, facts: Facts): Json | undefined {
  if (change.set !== undefined) {
    const set = jsonOf(change.set, facts);
    return isNothing(set) && isFilledIn(change.set) ? undefined : set;
  }
  const add = change.add === undefined ? undefined : jsonOf(change.add, facts);
  const remove = change.remove === undefined ? undefined : jsonOf(change.remove, facts);
  if (isNothing(add) && remove === undefined) return undefined;
  const grown = grownBy(add, before);
  if (grown !== 'list') return grown;
  const list = Array.isArray(before) ? before : before === undefined || before === null ? [] : [before];
  const kept = remove === undefined ? list : list.filter((item) => item !== remove);
  return isNothing(add) || kept.includes(add!) ? kept : [...kept, add!];
}

/** The number that a number grows to, undefined where it cannot, `list` where no number is meant. */
function grownBy(add: Json | undefined, before: Json | undefined): number | undefined | 'list' {
  const isNew = before === undefined || before === null;
  if (typeof before !== 'number' && (typeof add !== 'number' || Array.isArray(before))) return 'list';
  if (isNothing(add)) return 'list';
  const from = isNew ? 0 : readNumber(before);
  const by = readNumber(add);
  return from === undefined || by === undefined ? undefined : from + by;
}

/** A text whose value comes from somewhere: where that is absent, nobody has written that the trait is to go. */
function isFilledIn(value: Value): boolean {
  return typeof value === 'object' && value !== null && ('cel' in value || value.text.includes('{{'));
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}

function shown(change: Change, facts: Facts): Json {
  if (change.set !== undefined) return jsonOf(change.set, facts);
  return {
    ...(change.add !== undefined && { add: jsonOf(change.add, facts) }),
    ...(change.remove !== undefined && { remove: jsonOf(change.remove, facts) }),
  };
}

function changesOf(update: Json | undefined): string {
  if (typeof update !== 'object' || update === null || Array.isArray(update)) return 'changed';
  return Object.entries(update)
    .map(([path, to]) => `${path} becomes ${wordsOf(to)}`)
    .join(', ');
}
