/** What counts as an address that can be written to (S1): one rule for records, tests, mails and suppression. */
import { describe, expect, it } from 'vitest';
import { addressIn, parseAddress } from '../../language/template/mail/address.ts';

describe('an address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  ada@example.com\n', 'ada@example.com'],
    ['ada+x@bücher.example', 'ada+x@xn--bcher-kva.example'],
    ["o'neil@shop.co.uk", "o'neil@shop.co.uk"],
  ])('%j is %s', (given, address) => expect(addressIn(given)).toBe(address));

  it.each([
    '',
    '  ',
    'n/a',
    'a@',
    '@b.example',
    'a@localhost',
    'a@127.1',
    'a@127.0.0.1',
    'a@0x7f.1',
    'a@[127.0.0.1]',
    'jörg@example.com',
    'a b@example.com',
    'a@b.example\r\nBcc: x@y.example',
    'a@b.example, x@y.example',
    'a@example.123',
    17,
    null,
    ['a@b.example'],
  ])('%j is none', (given) => expect(addressIn(given)).toBeUndefined());

  it('has a name of one line, of at most 200 characters', () => {
    expect(parseAddress('A\u0007\u001bB =?utf-8?q?x?= <a@b.example>')).toEqual({
      name: 'A B = ?utf-8?q?x?=',
      address: 'a@b.example',
    });
    expect(parseAddress(`${'🎉'.repeat(150)} <a@b.example>`)!.name).toBe(`${'🎉'.repeat(99)}…`);
  });
});
