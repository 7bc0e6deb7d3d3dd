/**
 * Every small history: up to five happenings of an alphabet, in every order of arrival, and every cut into requests.
 *
 * The alphabet is what can meet: two names (one opens, one closes), two keys, two people of whom one is first a visitor, and
 * what makes visitors people, at four instants an hour apart. Two histories that differ in the names of the keys alone are one, and
 * the one that names `k1` first stands for both; histories are sets of happenings in E4's order, so that order of arrival is
 * told apart from order in time.
 */
import { isoInstant } from '../../language/time/instants.ts';
import { type Arrival, type History, START, UNIT_MS, type WireCall } from './world.ts';

export const INSTANTS = 4;
export const MOST_EVENTS = 5;

const opens = (who: WireCall, k: string): WireCall => ({ type: 'track', event: 'a', ...who, properties: { k } });
const K: WireCall = { userId: 'K' };
const A: WireCall = { anonymousId: 'A' };

/** What may happen at an instant. */
const ALPHABET: readonly WireCall[] = [
  opens(K, 'k1'),
  opens(K, 'k2'),
  opens(A, 'k1'),
  opens(A, 'k2'),
  { type: 'track', event: 'x', ...K, properties: { k: 'k1' } },
  { type: 'track', event: 'x', ...A, properties: { k: 'k1' } },
  { type: 'identify', userId: 'K', anonymousId: 'A', traits: { s: 'hot' } },
  { type: 'identify', userId: 'L', anonymousId: 'A', traits: {} },
  { type: 'alias', previousId: 'L', userId: 'K' },
];

/** How many there are of each length: `letters ** length` words, times orders of arrival, times cuts. */
export function countOf(length: number): number {
  return (ALPHABET.length * INSTANTS) ** length * factorial(length) * 2 ** (length - 1);
}

/**
 * The history of a number below `countOf(length)`: each digit is a choice, so that any sample can be played without the
 * others. Undefined where another number is the same history: events that are not in E4's order, or that name `k2` first.
 */
export function smallHistory(length: number, index: number): History | undefined {
  let left = index;
  const digit = (base: number) => {
    const value = left % base;
    left = Math.floor(left / base);
    return value;
  };
  const cuts = Array.from({ length: length - 1 }, () => digit(2));
  const order = permutation(length, digit(factorial(length)));
  const letters = Array.from({ length }, () => digit(ALPHABET.length * INSTANTS));
  // What is alike in all but its place in the order arrives in that order.
  const isDouble = letters.some((letter, n) => {
    const before = letters[n - 1] ?? -1;
    return before > letter || (before === letter && order.indexOf(n) < order.indexOf(n - 1));
  });
  if (isDouble || !namesFirstKeyFirst(letters)) return undefined;
  return arriving(letters, order, cuts);
}

/** Sent one after the other once everything has happened; those that are not cut apart, in one request. */
function arriving(letters: readonly number[], order: readonly number[], cuts: readonly number[]): Arrival[] {
  let cut = 0;
  return order.map((n, place): Arrival => {
    if (place > 0 && cuts[place - 1] === 1) cut += 1;
    const letter = letters[n]!;
    const at = START + Math.floor(letter / ALPHABET.length) * UNIT_MS;
    const call: WireCall = {
      ...ALPHABET[letter % ALPHABET.length]!,
      messageId: `m${place + 1}`,
      timestamp: isoInstant(at),
    };
    // Each request comes an hour after the one before, and after everything in it happened.
    return { call, at, sentAt: START + (INSTANTS + cut) * UNIT_MS, cut: 0 };
  });
}

function namesFirstKeyFirst(letters: readonly number[]): boolean {
  for (const letter of letters) {
    const { properties } = ALPHABET[letter % ALPHABET.length]! as { properties?: { k?: string } };
    if (properties?.k !== undefined) return properties.k === 'k1';
  }
  return true;
}

function permutation(length: number, index: number): number[] {
  const left = Array.from({ length }, (_, n) => n);
  const order: number[] = [];
  for (let rest = index; left.length > 0; ) {
    const base = factorial(left.length - 1);
    order.push(...left.splice(Math.floor(rest / base), 1));
    rest %= base;
  }
  return order;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
