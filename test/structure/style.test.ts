/** Small files, nothing unfinished, and codes, variables and pages that agree. */
import { describe, expect, it } from 'vitest';
import { VARIABLE_NAMES } from '../../cli/environment-schema.ts';
import { LANGUAGE_CODES } from '../../language/diagnostics/codes.ts';
import { TEMPLATE_CODES } from '../../language/template.ts';
import { ROOT, textOf, writtenFiles } from './sources.ts';

const MAX_LINES = 400;

const code = writtenFiles(/\.(ts|tsx|mjs)$/);

describe('files have one idea', () => {
  it(`none is longer than ${MAX_LINES} lines`, () => {
    const long = code.filter((path) => textOf(path).split('\n').length - 1 > MAX_LINES);
    expect(long).toEqual([]);
  });
});

describe('nothing is left unfinished', () => {
  // Written apart, so that this file is not found by itself.
  const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'X' + 'XX'].join('|')})\\b`);
  const narrowed = new RegExp(`\\b(it|describe|test)\\.(${['on' + 'ly', 'sk' + 'ip'].join('|')})\\(`);
  const texts = writtenFiles(/\.(ts|tsx|mjs|md|ya?ml|json|css|html)$/).filter((path) => path !== 'package-lock.json');

  it('no note says that something is still to do', () => {
    expect(texts.filter((path) => marks.test(textOf(path)))).toEqual([]);
  });

  it('no test is left out, and none is run alone', () => {
    expect(code.filter((path) => path.startsWith('test/') && narrowed.test(textOf(path)))).toEqual([]);
  });

  it('no file names a place of the machine on which it was written', () => {
    const home = new RegExp(`${ROOT.replace(/\/$/, '')}(/|\\b)`);
    expect(texts.filter((path) => home.test(textOf(path)))).toEqual([]);
  });
});

describe('what is said has one list', () => {
  it('every code of a diagnostic stands in the catalogue and in the reference', () => {
    const known = new Set([...LANGUAGE_CODES, ...TEMPLATE_CODES].map(({ code: one }) => one));
    const catalogues = new Set(['language/diagnostics/codes.ts', 'language/template/codes.ts']);
    const sources = code.filter((path) => /^(language|triggers|workflows|steps)\//.test(path) && !catalogues.has(path));
    const used = new Set(sources.flatMap((path) => textOf(path).match(/\bCB\d{3}\b/g) ?? []));
    expect(used.size).toBeGreaterThan(30);
    expect([...used].filter((one) => !known.has(one))).toEqual([]);
    const page = textOf('docs/reference/diagnostics.md');
    expect([...known].filter((one) => !page.includes(`\`${one}\``))).toEqual([]);
  });

  it('every code of the catalogue is one that something says', () => {
    const sources = code.filter(
      (path) => /^(language|triggers|workflows|steps)\//.test(path) && !path.endsWith('codes.ts'),
    );
    const used = new Set(sources.flatMap((path) => textOf(path).match(/\bCB\d{3}\b/g) ?? []));
    const idle = [...LANGUAGE_CODES, ...TEMPLATE_CODES].filter(({ code: one }) => !used.has(one));
    expect(idle.map(({ code: one }) => one)).toEqual([]);
  });

  it('every environment variable that is read is documented', () => {
    const page = textOf('docs/reference/environment.md');
    expect(VARIABLE_NAMES.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    // What belongs to the machine is not ours to document.
    const machine = new Set(['PATH', 'HOME', 'XDG_CACHE_HOME', 'NO_COLOR']);
    const ours = code.filter((path) => !/^(test|scripts|bench)\//.test(path));
    const read = ours.flatMap((path) =>
      [...textOf(path).matchAll(/process\.env\.([A-Z_]+)/g)].map(([, name]) => name!),
    );
    const undocumented = new Set(read.filter((name) => !machine.has(name) && !page.includes(`\`${name}\``)));
    expect([...undocumented]).toEqual([]);
  });
});
