/** However many faults a file has, they are bounded in number and size, and found in linear time. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import { checkText } from '../../language/template/check.ts';
import { MAX_BYTES, parseYaml } from '../../language/yaml.ts';
import { compileOne } from './workspace.ts';

/** As many as fit into a file. */
const fill = (before: string, part: string, after = '') =>
  before + part.repeat(Math.floor((MAX_BYTES - before.length - after.length) / part.length)) + after;

describe('a file full of faults', () => {
  it.each([
    ['anchors', fill('x: [', '&a 1,', ']')],
    ['aliases', fill('x: [', '*a,', ']')],
    ['braces', fill('x: ', '{{')],
    ['one long anchor', fill('x: &', 'a', ' 1')],
    ['quoted words', fill('', '"a" ')],
    ['keys twice', fill('', 'a: 1\n')],
    ['keys twice in braces', fill('{', 'a: 1,', '}')],
    ['keys without values', fill('x: {', 'a,', '}')],
    ['tabs', fill('x:\n', '\t- a\n')],
    ['numbers that change', fill('x: [', '0123,', ']')],
    ['brackets', fill('x: ', '[')],
  ])(
    '%s: at most a hundred, and short',
    (_, text) => {
      const { diagnostics, source } = parseYaml('p.yaml', text);
      expect(diagnostics.length).toBeGreaterThan(0);
      expect(diagnostics.length).toBeLessThanOrEqual(101);
      for (const diagnostic of diagnostics) expect(formatDiagnostic(diagnostic, source).length).toBeLessThan(2_000);
    },
    10_000,
  );

  it.each([
    ['unknown names', '{{bad}}'],
    ['unknown names, one a line', '{{bad}}\n'],
    ['blocks that are never closed', '{{#if contact.a}}'],
  ])(
    'a text of %s',
    (_, part) => {
      expect(checkText(fill('', part), { roots: ['contact'] }).errors.length).toBeLessThanOrEqual(101);
    },
    10_000,
  );

  it('says that there are more', () => {
    const { diagnostics } = compileOne(
      `playbook: p\ntrigger: { event: seen }\nsteps:\n${'  - sendd: x\n'.repeat(300)}`,
    );
    expect(diagnostics).toHaveLength(101);
    expect(diagnostics.at(-1)).toMatchObject({
      code: 'CB606',
      message: 'only the first 100 faults of this file are listed',
    });
  });
});

describe('a text that is nested deeply', () => {
  const nested = (n: number) => `${'{{#if contact.a}}'.repeat(n)}x${'{{/if}}'.repeat(n)}`;
  const chain = (n: number) => `{{#if contact.a}}${'{{else if contact.a}}'.repeat(n - 1)}{{/if}}`;
  const values = (n: number) => `{{ default ${'(default '.repeat(n)}contact.a${' "x")'.repeat(n)} "x" }}`;

  it.each([
    ['blocks', nested],
    ['else if', chain],
    ['values', values],
  ])('%s: 32 are read, more are one fault', (_, of) => {
    expect(checkText(of(32), { roots: ['contact'] }).errors).toEqual([]);
    for (const n of [33, 8_000]) {
      const { errors } = checkText(of(n), { roots: ['contact'] });
      expect(errors.map(({ code }) => code)).toEqual(['CB413']);
    }
  });

  it('blocks one after another, comments, and else are not deep', () => {
    const text = '{{#if contact.a}}x{{else}}y{{/if}}{{^if contact.a}}z{{^}}w{{/if}}{{! {{#if }}{{!-- {{#if x}} --}}';
    expect(checkText(text.repeat(100), { roots: ['contact'] }).errors).toEqual([]);
  });
});

it('of a long line the part around the place is shown', () => {
  const text = `playbook: p\ntrigger: { ${' '.repeat(3_000)}evnt: seen }\nsteps: [{ record: x }]\n`;
  const { diagnostics, sources } = compileOne(text);
  const [shown, caret] = formatDiagnostic(diagnostics[0]!, sources.get(diagnostics[0]!.file)).split('\n').slice(1);
  expect(shown!.length).toBeLessThan(200);
  expect(shown!.slice(caret!.indexOf('^'), caret!.lastIndexOf('^') + 1)).toContain('evnt');
});
