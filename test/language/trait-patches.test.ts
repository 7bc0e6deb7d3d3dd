/** E6: the last write of a trait wins, and null removes it. */
import { expect, it } from 'vitest';
import type { Traits } from '../../language/model.ts';
import { applyPatch } from '../../language/records/traits.ts';

it('what a patch names is written, what it sets to null goes, the rest stays', () => {
  expect(applyPatch({ a: 1, b: 2, c: 3 }, { b: 'x', c: null })).toEqual({ a: 1, b: 'x' });
  expect(applyPatch(undefined, { a: null })).toEqual({});
});

it('a value inside of a record or a list is not merged, but replaced', () => {
  expect(applyPatch({ consent: { marketing: true, topics: { a: true } } }, { consent: { marketing: null } })).toEqual({
    consent: { marketing: null },
  });
});

it('the traits before stay as they were', () => {
  const before: Traits = { a: 1 };
  applyPatch(before, { a: null, b: 2 });
  expect(before).toEqual({ a: 1 });
});
