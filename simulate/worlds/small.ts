/**
 * Every small history: up to five happenings of an alphabet, in every order of arrival, and every cut into requests.
 *
 * The alphabet is what can meet: two names (one opens, one closes), two keys, two people of whom one is first a visitor, and
 * what makes visitors people, at four instants an hour apart. Histories that must come out alike are one:
 *
 * - those that differ in the names of the keys alone: the one that names `k1` first stands for both;
 * - those that differ in which of two happenings that are alike came first;
 * - those that differ in the order in which one request tells of different instants: E4 goes by the instants, and its order
 *   decides between happenings of one instant alone, for a request is received at one;
 * - those that are the same some hours later: no playbook here looks at a calendar, so the earliest instant is the first.
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

/** How many numbers there are of each length: `letters ** length` words, times orders of arrival, times cuts. */
export function numbersOf(length: number): number {
  return (ALPHABET.length * INSTANTS) ** length * factorial(length) * 2 ** (length - 1);
}

/**
 * The history of a number below `numbersOf(length)`: each digit is a choice, so that any sample can be played without the
 * others. Undefined where another number stands for the same history.
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
  if (instantOf(letters[0]!) !== 0 || !namesFirstKeyFirst(letters)) return undefined;
  const isDouble = letters.some((letter, n) => {
    const before = letters[n - 1] ?? -1;
    return before > letter || (before === letter && order.indexOf(n) < order.indexOf(n - 1));
  });
  // One request tells of what happened in its order.
  const isShuffled = order.some(
    (n, place) => place > 0 && cuts[place - 1] === 0 && instantOf(letters[n]!) < instantOf(letters[order[place - 1]!]!),
  );
  return isDouble || isShuffled ? undefined : arriving(letters, order, cuts);
}

const instantOf = (letter: number): number => Math.floor(letter / ALPHABET.length);

/** Sent one after the other once everything has happened; those that are not cut apart, in one request. */
function arriving(letters: readonly number[], order: readonly number[], cuts: readonly number[]): Arrival[] {
  const happenedAt = instantOf(letters.at(-1)!);
  let cut = 0;
  return order.map((n, place): Arrival => {
    if (place > 0 && cuts[place - 1] === 1) cut += 1;
    const letter = letters[n]!;
    const at = START + instantOf(letter) * UNIT_MS;
    const call: WireCall = {
      ...ALPHABET[letter % ALPHABET.length]!,
      messageId: `m${place + 1}`,
      timestamp: isoInstant(at),
    };
    // Each request comes an hour after the one before, and after everything in it happened.
    return { call, at, sentAt: START + (happenedAt + 1 + cut) * UNIT_MS, cut: 0 };
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
