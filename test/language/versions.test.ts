/** A version is the hash of what a playbook says and refers to (V1); state belongs to the hash of the trigger (T18). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, canonicalHash } from '../../language/canonical.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { registry, shippedFiles } from './workspace.ts';

const files = await shippedFiles();
const before = compileWorkspace(files, registry);

/** The shipped files with one of them changed. */
function changed(path: string, from: string | RegExp, to: string) {
  const edited = files.map(
    (file): WorkspaceFile => (file.path === path ? { path, text: file.text.replace(from, to) } : file),
  );
  expect(edited).not.toEqual(files);
  const after = compileWorkspace(edited, registry);
  expect(after.diagnostics).toEqual([]);
  const names = (pick: (v: (typeof after.versions)[number]) => string) =>
    after.versions.filter((v, i) => pick(v) !== pick(before.versions[i]!)).map((v) => v.playbook.playbook);
  return { versions: names((v) => v.hash), triggers: names((v) => v.playbook.trigger.hash) };
}

describe('what changes a version', () => {
  it('its own words, and nothing of the others', () => {
    expect(changed('cart-abandoned.yaml', '- wait: 1d', '- wait: 2d')).toEqual({
      versions: ['cart-abandoned'],
      triggers: [],
    });
  });
  it('a template that it sends', () => {
    expect(changed('templates/cart-reminder.mjml', 'Hello', 'Good day')).toEqual({
      versions: ['cart-abandoned'],
      triggers: [],
    });
  });
  it('a trait that it reads', () => {
    expect(changed('traits/usage.yaml', 'over: 7d', 'over: 8d').versions).toEqual(['usage-dropped']);
  });
  it('a calendar that it counts in, where the trigger leans on it too', () => {
    expect(changed('calendars/support-eu.yaml', '09:00-15:00', '09:00-16:00')).toEqual({
      versions: ['csat-low', 'sla-escalation'],
      triggers: ['sla-escalation'],
    });
    expect(changed('calendars/office-eu.yaml', '09:00-17:00', '09:00-18:00').triggers).toEqual(['lead-response']);
  });
  it('a policy that it waits for', () => {
    expect(changed('sla/standard.yaml', 'urgent: 1 business hour', 'urgent: 2 business hours').triggers).toEqual([
      'sla-escalation',
    ]);
  });
  it('its trigger, with the state that belongs to it (T18)', () => {
    expect(changed('cart-abandoned.yaml', 'within: 1h', 'within: 2h')).toEqual({
      versions: ['cart-abandoned'],
      triggers: ['cart-abandoned'],
    });
  });
});

describe('what does not', () => {
  it('comments, order of keys, and blanks', () => {
    expect(
      changed('cart-abandoned.yaml', 'subject: contact\nowner', '# who\nsubject:   contact\n\nowner').versions,
    ).toEqual([]);
  });
  it('its tests', () => {
    expect(
      changed('cart-abandoned.yaml', 'it: forgets a shopper who was deleted', 'it: forgets who was deleted').versions,
    ).toEqual([]);
  });
  it('the order in which files are read', () => {
    expect(compileWorkspace([...files].reverse(), registry).versions).toEqual(before.versions);
  });
  it('arms of a split stay in the order of the file: another order is another version (S5)', () => {
    const { versions } = changed('cart-abandoned.yaml', /( {6}plain:[\s\S]*?)( {6}photo:[\s\S]*?)(?=tests:)/, '$2$1');
    expect(versions).toEqual(['cart-abandoned']);
  });
});

describe('the canonical form', () => {
  it('does not depend on the order of keys, and parses back to the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        // -0 is 0 in JSON.
        const plain = JSON.parse(JSON.stringify(value)) as { [key: string]: unknown };
        const reversed = Object.fromEntries(Object.entries(plain).reverse());
        expect(canonical(reversed)).toBe(canonical(plain));
        expect(JSON.parse(canonical(plain))).toEqual(plain);
      }),
    );
  });

  it('leaves out what has no value, sorts by UTF-16 units, and refuses what is no JSON', () => {
    expect(canonical({ b: 1, a: undefined, '\u20ac': 2, '\r': 3, '1': 4 })).toBe('{"\\r":3,"1":4,"b":1,"€":2}');
    expect(() => canonical({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonical({ a: 1n })).toThrow(TypeError);
    expect(canonicalHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
