/** What YAML would cut in silence is an error that shows the line in quotes (Y3). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import { MAX_BYTES, parseYaml, pathKey, spanAt } from '../../language/yaml.ts';

function first(text: string) {
  const [diagnostic] = parseYaml('p.yaml', text).diagnostics;
  return { code: diagnostic?.code, hint: diagnostic?.hint };
}

describe('a cut is told, with the line as it should be', () => {
  it.each([
    ['task: {{ contact.name }} calls', 'CB107', 'write: task: "{{ contact.name }} calls"'],
    ['- { text: {{ a }}, to: b }', 'CB107', 'write: - { text: "{{ a }}", to: b }'],
    ['{ key: e.items.map(i, i.id), w: 1 }', 'CB109', 'write: { key: "e.items.map(i, i.id)", w: 1 }'],
    ['{ if: f("a", "b") > 1, then: x }', 'CB109', `write: { if: 'f("a", "b") > 1', then: x }`],
    ['a: [f(a, b), c]', 'CB109', 'write: a: ["f(a, b)", c]'],
    ['if: a ? b : c', 'CB110', 'is the value one text? write: if: "a ? b : c"'],
    ['{ if: a ? b : c }', 'CB110', 'is the value one text? write: { if: "a ? b : c" }'],
    ['if: !(a == "b")', 'CB106', `is the value one text? write: if: '!(a == "b")'`],
    ['if: "a" == b', 'CB101', `is the value one text? write: if: '"a" == b'`],
    ['a: &x 1', 'CB105', 'if it is a text, put it in quotes: a: "&x 1"'],
    ['a: *x', 'CB105', 'if it is a text, put it in quotes: a: "*x"'],
    ['a: 1\na: 2', 'CB104', 'keep one'],
    ['a: 1\n---\nb: 2', 'CB111', 'put it into a file of its own'],
    ['id: 12345678901234567890', 'CB112', 'in quotes it stays as it is: "12345678901234567890"'],
    ['id: 007', 'CB112', 'in quotes it stays as it is: "007"'],
  ])('%s', (text, code, hint) => {
    expect(first(text)).toEqual({ code, hint });
  });
});

describe('what YAML keeps is kept', () => {
  it.each([
    ['text: |\n  {{ a }} *b &c # d\n', { text: '{{ a }} *b &c # d\n' }],
    ['a: "{{ b }}" # why', { a: '{{ b }}' }],
    ['at: 2026-03-02T10:00:00Z', { at: '2026-03-02T10:00:00Z' }],
    ['on: yes', { on: 'yes' }],
    ['a: 1.50\nb: -3\nc: true\nd: null', { a: 1.5, b: -3, c: true, d: null }],
    ['tag: a#b', { tag: 'a#b' }],
    ['__proto__: { a: 1 }', JSON.parse('{"__proto__":{"a":1}}')],
  ])('%s', (text, value) => {
    const { file, diagnostics } = parseYaml('p.yaml', text);
    expect(diagnostics).toEqual([]);
    expect(file?.value).toEqual(value);
  });

  it('a comment on a line of its own is no cut', () => {
    const { file } = parseYaml(
      'p.yaml',
      '- steps'.replace('- steps', 'a:\n  task: Review\n  # later\n  due: 1d # soon\n'),
    );
    expect(file?.spans.get(pathKey(['a', 'task']))?.commented).toBe(false);
    expect(file?.spans.get(pathKey(['a', 'due']))?.commented).toBe(true);
  });
});

describe('a place is found for every value', () => {
  it('by line and column, in UTF-16 units, and for what is missing by what encloses it', () => {
    const text = 'a:\n  - {b: ü, c: 😀}\n';
    const { file } = parseYaml('p.yaml', text);
    expect(file).toBeDefined();
    const span = spanAt(file!, ['a', 0, 'c'])!;
    expect(text.slice(span.start, span.end)).toBe('😀');
    expect(spanAt(file!, ['a', 0, 'd', 'e'])).toBe(spanAt(file!, ['a', 0]));
  });

  it('is shown with its line, a caret and the hint', () => {
    const { source, diagnostics } = parseYaml('playbooks/p.yaml', 'playbook: p\nsteps:\n  - task: {{ x }}\n');
    expect(formatDiagnostic(diagnostics[0]!, source)).toBe(
      [
        'playbooks/p.yaml:3:11 error CB107 a bare `{{` is a map to YAML',
        '    - task: {{ x }}',
        '            ^^',
        '  write: - task: "{{ x }}"',
      ].join('\n'),
    );
  });
});

describe('a file cannot harm the process', () => {
  it('a large one is refused by its size', () => {
    expect(first(`a: ${'x'.repeat(MAX_BYTES)}`).code).toBe('CB102');
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['braces', '{a: '.repeat(40_000)],
    ['dashes', `${'- '.repeat(50_000)}a`],
    ['indents', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('deep %s are refused before they are composed', (_, text) => {
    const { file, diagnostics } = parseYaml('p.yaml', text);
    expect(file).toBeUndefined();
    expect(diagnostics.some((d) => d.code === 'CB103')).toBe(true);
  });

  it('thirty-two levels are enough for anybody, and read', () => {
    expect(parseYaml('p.yaml', `a: ${'['.repeat(30)}${']'.repeat(30)}`).diagnostics).toEqual([]);
  });

  it('any text gives a value or faults, in or near the file', () => {
    const part = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '|',
      '&x',
      '*x',
      '!',
      '? ',
      '---\n',
      '{{',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (text) => {
          const { file, diagnostics } = parseYaml('p.yaml', text);
          expect(file === undefined).toBe(diagnostics.length > 0);
          for (const d of diagnostics) expect(d.line >= 1 && d.column >= 1 && d.endLine >= d.line).toBe(true);
        },
      ),
    );
  });
});
