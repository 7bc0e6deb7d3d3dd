/** A pattern of code fits what is the same code, and nothing else. */
import { describe, expect, it } from 'vitest';
import { codeOf, matchesIn, patternOf, replaced } from '../../simulate/oracle/mutants/pattern.ts';

function matches(pattern: string, text: string): string[] {
  return matchesIn(codeOf(text), patternOf(pattern)).map(({ node }) => text.slice(node.start, node.end));
}

function change(pattern: string, replacement: string, text: string): string {
  const code = codeOf(text);
  return replaced(code, matchesIn(code, patternOf(pattern))[0]!, replacement);
}

describe('a pattern', () => {
  it('fits whatever the locals are called, and names properties and functions', () => {
    expect(matches('$a.at >= $b', 'x.at >= y; x.to >= y; x.at > y;')).toEqual(['x.at >= y']);
    expect(matches('add($day)', 'add(a + 1); sub(a)')).toEqual(['add(a + 1)']);
  });

  it('has one meaning for each reference', () => {
    expect(matches('$a - $a', 'x.y - x.y; x - y')).toEqual(['x.y - x.y']);
  });

  it('fits whatever ends in a property, and a local that was destructured from it', () => {
    expect(matches('$.event.at > 0', 'event.at > 0; a.b.event.at > 0; event.to.at > 0')).toEqual(['a.b.event.at > 0']);
    expect(matches('$.at > 0', 'e.at > 0; context.e.at > 0; at > 0')).toEqual(['e.at > 0', 'context.e.at > 0']);
    expect(matches('$.at > 0', 'const { at: when = 1 } = e; when > 0; then > 0')).toEqual(['when > 0']);
  });

  it('leaves out any number of items', () => {
    expect(matches('zoneOf(...$, $last)', 'zoneOf(a, b, c); zoneOf(c); zoneOf()')).toEqual([
      'zoneOf(a, b, c)',
      'zoneOf(c)',
    ]);
    expect(matches("{ ...$, phase: 'events', at: $at }", "f({ a: 1, phase: 'events', at: 2 })")).toHaveLength(1);
  });

  it('is a property, a statement or an expression', () => {
    expect(matches('evidence: []', 'f({ evidence: [], other: [] })')).toEqual(['evidence: []']);
    expect(matches('if ($a) return $b;', 'function f(a) { if (a) { return 1; } if (a) f(); }')).toEqual([
      'if (a) { return 1; }',
    ]);
    expect(matches('$a.b ?? 1', 'x?.b ?? 1')).toEqual(['x?.b ?? 1']);
  });

  it('is filled with what was there, in brackets where it needs them', () => {
    expect(change('$a * $b', '$b - $a', 'f(x.y * (1 + z))')).toBe('f(((1 + z) - x.y))');
    expect(change('$.at > $until', '$.at >= $until.end', 'e.at > u')).toBe('(e.at >= u.end)');
    expect(change('$watch = $;', '$this $watch.on = false;', 'let w; w = 1;')).toBe('let w; w = 1; w.on = false;');
    expect(() => change('$a + 1', '$b', 'x + 1')).toThrow('$b is nothing that the pattern binds');
  });
});
