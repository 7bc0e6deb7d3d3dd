/** Whole numbers that a double would round are texts of their digits (E8). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../events/read-json.ts';

describe('JSON is read as it was written', () => {
  it.each([
    ['[90071992547409931]', ['90071992547409931']],
    ['{"a": -9007199254740993}', { a: '-9007199254740993' }],
    ['{"a":9007199254740991,"b":-9007199254740991}', { a: 9007199254740991, b: -9007199254740991 }],
    ['9007199254740992', '9007199254740992'],
    ['[12345678901234567890, 0.5000000000000000000, 1e30]', ['12345678901234567890', 0.5, 1e30]],
    [
      '{"a":":90071992547409931","b":"\\\\",\n"c":90071992547409933}',
      { a: ':90071992547409931', b: '\\', c: '90071992547409933' },
    ],
    [
      '{"a\\"":"\\\\\\" 90071992547409931", "b":12345678901234567}',
      { 'a"': '\\" 90071992547409931', b: '12345678901234567' },
    ],
  ])('%s', (text, expected) => expect(readJson(text)).toEqual(expected));

  it.each(['{12345678901234567: 1}', '[01234567890123456]', '[12345678901234567'])('%s is no JSON', (text) =>
    expect(() => readJson(text)).toThrow(SyntaxError),
  );

  it('whatever else stands beside them', () => {
    const long = fc
      .bigInt({ min: 2n ** 53n, max: 10n ** 30n })
      .map((n) => ({ written: `${n}`, read: `${n}` as unknown }));
    // A double may itself be such a whole number: those are what is asked about.
    const other = fc
      .jsonValue()
      .filter((value) => !/\d{16}/.test(JSON.stringify(value)))
      .map((value) => ({ written: JSON.stringify(value), read: JSON.parse(JSON.stringify(value)) as unknown }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.oneof(long, other))), (members) => {
        const written = `{${members.map(([name, { written }]) => `${JSON.stringify(name)}:${written}`).join(',')}}`;
        const read = readJson(written) as { [name: string]: unknown };
        for (const [name, { read: expected }] of new Map(members)) {
          if (name !== '__proto__') expect(read[name]).toEqual(expected);
        }
      }),
    );
  });
});
