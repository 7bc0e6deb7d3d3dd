/** Differences of texts: applied to the one they give the other, whatever the two are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonPairs } from '../../language/diagnostics/common-pairs.ts';
import { unifiedDiff } from '../../language/diagnostics/unified-diff.ts';

/** Applies one file's hunks, as `patch` does without fuzz: what does not stand where the hunk says fails. */
function apply(before: string, patch: string): string {
  const lines = before === '' ? [] : before.split(/(?<=\n)/);
  const out: string[] = [];
  let at = 0;
  const rest = patch.split('\n').slice(2, -1);
  for (let n = 0; n < rest.length; n += 1) {
    const [, from, count] = /^@@ -(\d+),(\d+) \+\d+,\d+ @@$/.exec(rest[n]!) ?? [];
    if (from !== undefined) {
      const start = count === '0' ? Number(from) : Number(from) - 1;
      out.push(...lines.slice(at, start));
      at = start;
      continue;
    }
    if (rest[n]!.startsWith('\\')) continue;
    const text = rest[n]!.slice(1) + (rest[n + 1]?.startsWith('\\') ? '' : '\n');
    if (rest[n]![0] !== '+') {
      expect(lines[at]).toBe(text);
      at += 1;
    }
    if (rest[n]![0] !== '-') out.push(text);
  }
  return out.join('') + lines.slice(at).join('');
}

const line = fc.constantFrom('', 'a', 'b', 'steps:', '  - wait: 1d', '@@', '-', '+x');
const text = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));

describe('a difference', () => {
  it('applied to the one text gives the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const patch = unifiedDiff([{ path: 'playbooks/x.yaml', before, after }]);
        if (before === after) expect(patch).toBe('');
        else expect(apply(before, patch)).toBe(after);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads as git writes it', () => {
    const before = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join('');
    const after = before.replace('line 2\n', 'line two\n').replace('line 15\n', '');
    expect(unifiedDiff([{ path: 'x.yaml', before, after }])).toBe(
      `--- a/x.yaml\n+++ b/x.yaml\n@@ -1,6 +1,6 @@\n line 0\n line 1\n-line 2\n+line two\n line 3\n line 4\n line 5\n@@ -13,7 +13,6 @@\n line 12\n line 13\n line 14\n-line 15\n line 16\n line 17\n line 18\n`,
    );
    expect(unifiedDiff([{ path: 'x.yaml', before: null, after: 'a\n' }])).toBe(
      '--- /dev/null\n+++ b/x.yaml\n@@ -0,0 +1,1 @@\n+a\n',
    );
  });

  it('pairs what two lists have in common: in order, and as long a row as there is', () => {
    const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const pairs = commonPairs(a, b, (one, other) => one === other);
        for (const [n, [i, j]] of pairs.entries()) {
          expect(a[i]).toBe(b[j]);
          if (n > 0) expect([i > pairs[n - 1]![0], j > pairs[n - 1]![1]]).toEqual([true, true]);
        }
        expect(pairs.length).toBe(longest(a, b));
      }),
    );
  });
});

/** How many items the longest row has, by trying all. */
function longest(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const [, ...restA] = a;
  const [, ...restB] = b;
  if (a[0] === b[0]) return 1 + longest(restA, restB);
  return Math.max(longest(restA, b), longest(a, restB));
}
