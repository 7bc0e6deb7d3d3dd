/** S16: assigns the subject to a colleague, by rules that narrow the choice one after the other. */

import { z } from 'zod';
import { didYouMean } from '../../language/diagnostics/nearest.ts';
import type { Json, Person } from '../../language/model.ts';
import { idIn } from '../../language/records/id-in.ts';
import type { Addressee } from '../../language/records/people.ts';
import { isRecord } from '../../language/records/world.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { effectNode } from '../nodes.ts';
import { assigneeOf } from '../recipients.ts';
import { colleagueName } from '../sentences.ts';
import type { Facts, Step } from '../step.ts';
import { joined } from '../words/title-words.ts';

const rule = z.enum(['round_robin', 'territory', 'least_loaded', 'region']);
const schema = z.strictObject({
  assign: z.string().regex(/^[a-z_][a-z0-9_]*$/i, { error: 'the trait that holds the colleague, as owner' }),
  by: z.union([rule, z.array(rule).min(1).max(4)]),
  among: z.union([z.string(), z.array(z.string()).min(1).max(100)]),
  except: z.literal('tried').optional(),
  weights: z.record(z.string(), z.number().positive().max(1_000)).optional(),
  at_most: z.int().min(1).max(10_000).optional(),
});

interface AssignConfig {
  trait: string;
  rules: z.infer<typeof rule>[];
  among: string[];
  exceptTried: boolean;
  /** How much of the work each gets; 1 where nothing is said. */
  weights?: { [person: string]: number };
  /** Who has so many open tasks gets nothing. */
  atMost?: number;
}

export const step: Step = {
  kind: 'assign',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const among = Array.isArray(value.among) ? value.among : [value.among];
    const config: AssignConfig = {
      trait: value.assign,
      rules: Array.isArray(value.by) ? value.by : [value.by],
      among: among.map((ref) => context.person(ref, [...path, 'among'])),
      exceptTried: value.except === 'tried',
      ...(value.weights && { weights: weightsOf(value.weights, [...path, 'weights'], context) }),
      ...(value.at_most !== undefined && { atMost: value.at_most }),
    };
    return { node: effectNode(at, { leaves: false }), config: config as never };
  },
  effect: {
    line: ['to', 'from'],
    withheldFromGhosts: {},
    tells: ({ trait }: AssignConfig, subject) => [
      { name: `${subject}.updated`, on: subject, properties: { by: 'assign' }, traits: { [trait]: undefined } },
    ],
    sentence: ({ subject, detail }, { people }) => `${subject} is assigned to ${colleagueName(detail.to, people)}`,
  },
  takesTurns: true,
  example: '- assign: owner\n  by: [territory, least_loaded]\n  among: team:sales\n  except: tried',

  title({ config }) {
    const { trait, among, rules } = config as unknown as AssignConfig;
    return { title: `Assign ${trait} among ${among.join(', ')}`, detail: joined(...rules.map(String)) };
  },
  decide(step, _command, facts) {
    const config = step.config as unknown as AssignConfig;
    const { subject } = facts.enrolment;
    const own = isRecord(subject) ? facts.record(subject.type, subject.id) : undefined;
    const now = own?.[config.trait];
    const from = idIn(now);
    const tried = new Set([...facts.tried(), ...(from === undefined ? [] : [from])]);
    const all = candidates(config.among, facts);
    const left = config.exceptTried ? all.filter((p) => !tried.has(p.id)) : all;
    const { atMost, weights = {} } = config;
    const there = left.filter((p) => !p.away);
    const full = there.filter((p) => atMost !== undefined && facts.openTasks(p.id) >= atMost);
    const free = there.filter((p) => !full.includes(p));
    const turns = all.map((p) => facts.lastTurn(p.id) ?? 0);
    const sharing = { weights, nextTurn: 1 + Math.max(0, ...turns), subject: own ?? {}, facts };
    const chosen = choose(config.rules, free, sharing);
    const wereTried = all.length > 0 && left.length === 0;
    const standIn = chosen || wereTried ? undefined : inPlaceOf(left, config.among, facts);
    const other = standIn && assigneeOf(standIn);
    const to = chosen?.id ?? (other !== undefined && !(config.exceptTried && tried.has(other)) ? other : undefined);
    const evaluated: { [name: string]: Json } = { by: config.rules, free: free.map((p) => p.id), chosen: to ?? null };
    const away = left.filter((p) => p.away).map((p) => p.id);
    if (away.length > 0) evaluated.passed_over = away;
    if (full.length > 0) evaluated.full = full.map((p) => p.id);
    if (to !== undefined && standIn) evaluated.via = standIn.kind === 'person' ? standIn.via! : 'owner';
    const detail: { [key: string]: Json } = { assign: config.trait, ...(to !== undefined && { to }) };
    if (to === undefined || !isRecord(subject)) {
      const reason = 'nobody';
      return {
        answer: { go: 'next' },
        line: { detail, refused: reason },
        context: { status: 'refused', reason },
        evaluated,
      };
    }
    if (from !== undefined && from !== to) detail.from = from;
    return {
      answer: { go: 'next' },
      writes: [
        { write: 'traits', type: subject.type, id: subject.id, traits: { [config.trait]: to } },
        { write: 'tried', person: to, ...(from !== undefined && { from }) },
      ],
      line: { detail },
      context: { status: 'done', assignee: to },
      evaluated,
    };
  },

  /** The rule, not the person: who was free that day is not in the history, and the owner does not change. */
  inBacktest(step, { answer, line }) {
    const { trait, rules } = step.config as unknown as AssignConfig;
    const isWithheld = line?.refused === 'holdout';
    return {
      answer,
      line: {
        detail: { assign: trait, by: rules.length === 1 ? rules[0]! : rules },
        ...(isWithheld && { refused: 'holdout' }),
      },
      evaluated: { by: rules },
    };
  },
};

/** Persons who may be assigned, by their ids. */
function weightsOf(weights: { [person: string]: number }, path: Path, context: CompileContext) {
  const known = context.persons.map(({ id }) => id);
  for (const person of Object.keys(weights)) {
    if (known.includes(person)) continue;
    context.report('CB502', [...path, person], `\`${person}\` is no person of people/`, didYouMean(person, known));
  }
  return weights;
}

/** For who is away their deputy; for them and for who has enough to do the fallback of the teams that are named, else of theirs. */
function inPlaceOf(left: readonly Person[], among: readonly string[], facts: Facts): Addressee {
  const named = among.flatMap((ref) => (ref.startsWith('team:') ? [ref.slice('team:'.length)] : []));
  const teams = named.length > 0 ? named : left.flatMap(({ team }) => team ?? []);
  return facts.inPlaceOf(
    left.filter((p) => p.away),
    teams,
  );
}

function candidates(among: readonly string[], facts: Facts): Person[] {
  const { persons } = facts.people;
  const chosen = persons.filter((p) => among.some((ref) => ref === p.id || ref === p.role || ref === `team:${p.team}`));
  return [...chosen].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the rules share the work by. */
interface Sharing {
  weights: { [person: string]: number };
  /** The number of the turn that is given now. */
  nextTurn: number;
  subject: { [trait: string]: Json };
  facts: Facts;
}

/** A rule that leaves several hands them to the next; at last the fewest open tasks decide, then the id. */
function choose(rules: AssignConfig['rules'], free: Person[], sharing: Sharing): Person | undefined {
  let left = free;
  for (const name of rules) {
    const kept = narrow(name, left, sharing);
    // A rule that no one fits leaves the choice as it was, as `else the least loaded` says.
    if (kept.length > 0) left = kept;
  }
  return fewest(left, (p) => loadOf(p, sharing))[0];
}

function narrow(name: z.infer<typeof rule>, left: Person[], sharing: Sharing): Person[] {
  const { subject, facts, nextTurn } = sharing;
  switch (name) {
    case 'territory': {
      const holds = (trait: Json | undefined) =>
        left.filter((p) => typeof trait === 'string' && p.territories?.includes(trait));
      const own = holds(subject.territory);
      return own.length > 0 ? own : holds(subject.country);
    }
    case 'region':
      return left.filter((p) => p.region !== undefined && p.region === subject.region);
    case 'least_loaded':
      return fewest(left, (p) => loadOf(p, sharing));
    case 'round_robin': {
      // Who never had a turn comes before everybody, once; else who has waited longest, a weight of 2 twice as fast.
      const waited = (p: Person) => {
        const last = facts.lastTurn(p.id);
        return last === undefined ? Number.POSITIVE_INFINITY : (nextTurn - last) * weightOf(p, sharing);
      };
      const first = fewest(left, (p) => -waited(p));
      return fewest(first, (p) => -weightOf(p, sharing));
    }
  }
}

/** Open tasks, of who is to have twice as much each counts half. */
function loadOf(person: Person, sharing: Sharing): number {
  return sharing.facts.openTasks(person.id) / weightOf(person, sharing);
}

function weightOf({ id }: Person, { weights }: Sharing): number {
  return Object.hasOwn(weights, id) ? weights[id]! : 1;
}

function fewest(persons: Person[], count: (person: Person) => number): Person[] {
  const least = Math.min(...persons.map(count));
  return persons.filter((p) => count(p) === least);
}
