/** E6: the last write of a trait wins, and null removes it. */
import { describe, expect, it } from 'vitest';
import type { Json, Traits } from '../../language/model.ts';
import { applyPatch } from '../../language/records/traits.ts';

it('what a patch names is written, what it sets to null goes, the rest stays', () => {
  expect(applyPatch({ a: 1, b: 2, c: 3 }, { b: 'x', c: null })).toEqual({ a: 1, b: 'x' });
  expect(applyPatch(undefined, { a: null })).toEqual({});
});

it('a value inside of a record or a list is not merged, but replaced', () => {
  expect(applyPatch({ address: { city: 'Bonn', zip: '53111' } }, { address: { city: 'Ulm' } })).toEqual({
    address: { city: 'Ulm' },
  });
});

describe('consent is merged by what is in it', () => {
  const consent = { marketing: true, topics: { a: true, 'b.c': true }, channels: { sms: true } };
  it.each<[string, Json, Json | undefined]>([
    ['a topic is written alone', { topics: { d: false } }, { ...consent, topics: { ...consent.topics, d: false } }],
    ['a topic may have a dot', { topics: { 'b.c': null } }, { ...consent, topics: { a: true } }],
    ['a channel is written alone', { channels: { push: true } }, { ...consent, channels: { sms: true, push: true } }],
    ['marketing leaves the topics', { marketing: false }, { ...consent, marketing: false }],
    ['null removes the part that it is written to', { topics: null }, { marketing: true, channels: { sms: true } }],
    ['nothing takes nothing away', {}, consent],
    ['null for the whole removes the whole', null, undefined],
    ['what is no map is written as it is, and is no consent', true, true],
  ])('%s', (_, patch, after) => {
    expect(applyPatch({ consent, plan: 'pro' }, { consent: patch }).consent).toEqual(after);
  });

  it('what is no map gives way to what is', () => {
    expect(applyPatch({ consent: 'yes' }, { consent: { topics: { a: true } } })).toEqual({
      consent: { topics: { a: true } },
    });
  });
});

it('the traits before stay as they were', () => {
  const before: Traits = { a: 1 };
  applyPatch(before, { a: null, b: 2 });
  expect(before).toEqual({ a: 1 });
});
