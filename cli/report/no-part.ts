/** What took no part, in words (T0): of a backtest and of a test. */
import type { Skipped } from '../../triggers/engine/skipped.ts';

const WHY = {
  no_key: 'an event without a value for the key',
  wrong_type: 'a value of the wrong type',
  empty_value: 'a text with an empty place',
};

export function whyNoPart({ kind }: Skipped): string {
  return WHY[kind];
}

/** A playbook by its name alone: most are. */
export function whoseNoPart({ of, name }: Skipped): string {
  return of === 'playbook' ? name : `${of} ${name}`;
}

/** `event.value > 5, where event.value is "much"`; empty where there is no example. */
export function exampleText({ example }: Skipped): string {
  if (!example) return '';
  const values = Object.entries(example.values).map(([path, value]) => `${path} is ${JSON.stringify(value)}`);
  return values.length === 0 ? example.expression : `${example.expression}, where ${values.join(' and ')}`;
}
