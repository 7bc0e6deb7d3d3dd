/** What conditions ask of one value, and whether any value can satisfy all of them. */
import type { Json } from '../model.ts';
import { formsOf, shownNumber } from './shown-number.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** What one part of a conjunction asks of a value: a comparison with a constant, or to be one of several. */
export type Constraint = { op: Comparison; value: Json } | { op: 'in'; values: readonly Json[] };

export const FLIPPED: { [op in Comparison]: Comparison } = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** `!(a < b)` asks for `a >= b`: what cannot be compared makes both false (T0). */
export const NEGATED: { [op in Comparison]: Comparison } = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/** `a number`, `a text`, …: what a constant is, and so must be what it is compared with. */
export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return { number: 'a number', string: 'a text', boolean: 'true or false' }[typeof value as string] ?? 'a map';
}

/** False only where no value at all satisfies every constraint; true where that is not known. */
export function canHold(constraints: readonly Constraint[]): boolean {
  const points = constraints.find((one) => one.op === '==' || one.op === 'in');
  if (points !== undefined) {
    const values: readonly Json[] = (points.op === 'in' ? points.values : [points.value]).flatMap(formsOf);
    return values.some((value) => constraints.every((one) => passes(value, one)));
  }
  const bounds = constraints.flatMap((one) => (one.op === 'in' || one.op === '!=' || one.op === '==' ? [] : [one]));
  // What is ordered among numbers is no text: one value is of one type.
  if (new Set(bounds.map((one) => typeOf(one.value))).size > 1) return false;
  let low: Bound | undefined;
  let high: Bound | undefined;
  for (const { op, value } of bounds) {
    const bound = { value, open: !op.endsWith('=') };
    if (op.startsWith('>')) low = low === undefined || isTighter(bound, low, '>') ? bound : low;
    else high = high === undefined || isTighter(bound, high, '<') ? bound : high;
  }
  if (low === undefined || high === undefined) return true;
  if (before(high.value, low.value)) return false;
  if (before(low.value, high.value)) return true;
  const { value } = low;
  return !low.open && !high.open && !constraints.some((one) => one.op === '!=' && isSame(one.value, value));
}

interface Bound {
  value: Json;
  open: boolean;
}

function isTighter(bound: Bound, than: Bound, side: '<' | '>'): boolean {
  if (isSame(bound.value, than.value)) return bound.open;
  return side === '>' ? before(than.value, bound.value) : before(bound.value, than.value);
}

function passes(value: Json, constraint: Constraint): boolean {
  if (constraint.op === 'in') return constraint.values.some((one) => isSame(one, value));
  return compares(value, constraint.op, constraint.value);
}

/** Whether `left op right` is true of two constants. */
export function compares(left: Json, op: Comparison, right: Json): boolean {
  if (op === '==') return isSame(left, right);
  if (op === '!=') return !isSame(left, right);
  if (typeOf(left) !== typeOf(right)) return false;
  if (isSame(left, right)) return op.endsWith('=');
  return op.startsWith('<') ? before(left, right) : before(right, left);
}

function before(left: Json, right: Json): boolean {
  return (left as number | string) < (right as number | string);
}

function isSame(left: Json, right: Json): boolean {
  return shownNumber(left) === shownNumber(right);
}
