/** V5: a decision about what was beyond a limit says what did not count, and why. */
import { expect, it } from 'vitest';
import { decisionWords } from '../../steps/words/decision-words.ts';

it.each([
  ['ids', 1_000, 'more than 1,000 ids would be one contact'],
  ['depth', 16, 'more than 16 claims would lead from an id to its contact, one after the other'],
  ['changes', 1_000, 'it has changed hands more than 1,000 times'],
])('a claim beyond the limit of %s', (limit, at_most, why) => {
  const words = decisionWords('merge_bound', { claimed: 'anon:d1', limit, at_most });
  expect(words).toBe(`merge_bound: "anon:d1" did not become one with this contact, as ${why}`);
});

it('a list and a key beyond their limits', () => {
  const list = decisionWords('list_bound', { list: 'account.tickets', at_most: 10_000 });
  expect(list).toBe('list_bound: account.tickets was not read, as it has more than 10,000 records');
  const key = decisionWords('key_bound', { key: 'cart-1', at_most: 1_000 });
  expect(key).toBe('key_bound: the key "cart-1" was closed, as more than 1,000 were open');
});

it('an event from before the horizon, with what was looked at', () => {
  const words = decisionWords('before_horizon', { event: 'seen', message: 'm1' });
  expect(words).toBe(
    'before_horizon: it came too late for anything to be recomputed; looked at event = "seen", message = "m1"',
  );
});
