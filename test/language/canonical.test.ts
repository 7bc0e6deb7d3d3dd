/** The canonical form of JSON (V1), against another implementation of RFC 8785. */
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../language/canonical.ts';

describe('the canonical form', () => {
  it('is that of RFC 8785, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(canonical(value)).toBe(canonicalize(value));
      }),
    );
  });

  it('sorts keys by their UTF-16 units, and writes numbers as JavaScript does', () => {
    const value = { '\u20ac': 1e21, '\r': 0.1, '\ufb33': -0, '1': 1e-7, '\ud83d\ude00': 333333333.3333333, ö: 4.5 };
    expect(canonical(value)).toBe(canonicalize(value));
    expect(canonical(value)).toBe('{"\\r":0.1,"1":1e-7,"ö":4.5,"€":1e+21,"😀":333333333.3333333,"\ufb33":0}');
  });

  it('leaves out keys without a value', () => {
    const value = { a: undefined, b: null };
    expect(canonical(value)).toBe(canonicalize(value));
    expect(canonical(value)).toBe('{"b":null}');
  });
});
