/** Completion in the editor, over every playbook that ships: what stands there is among what is offered for its place. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { fileJsonSchema } from '../../language/compile/files/json-schema.ts';
import { complete, type Schema } from '../../web/screens/edit/complete.ts';

const schema = fileJsonSchema('playbooks', registry) as Schema;
const names = (await readdir('playbooks')).filter((name) => /^[^/]+\.yaml$/.test(name) && name !== 'settings.yaml');
const texts = await Promise.all(
  names.map(async (name) => [name, await readFile(`playbooks/${name}`, 'utf8')] as const),
);

/** Offered where `|` stands. */
function offered(marked: string): string[] {
  const at = marked.indexOf('|');
  const found = complete(schema, marked.slice(0, at) + marked.slice(at + 1), at);
  return found?.options.map(({ label }) => label) ?? [];
}

/** Keys of steps and of the playbook itself, where each begins; those of tests and of what a file defines by itself are not said. */
function* placesOf(text: string): Generator<{ at: number; key: string }> {
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('tests:')) return;
    const [, lead = '', key] = /^((?:- )?|\s+(?:- )?)([a-z_]+):(?:\s|$)/.exec(line) ?? [];
    if (key !== undefined) yield { at: offset + lead.length, key };
    offset += line.length + 1;
  }
}

describe('completion', () => {
  it.each(texts)('offers each key of %s at its place', (_name, text) => {
    const missing: string[] = [];
    let count = 0;
    for (const { at, key } of placesOf(text)) {
      const end = text.indexOf('\n', at);
      const without = text.slice(0, at) + text.slice(end);
      const found = complete(schema, without, at);
      // Where the schema lets any name stand, none is offered: an object of the author's own.
      if (found === undefined) continue;
      count += 1;
      if (!found.options.some(({ label }) => label === key))
        missing.push(`${text.slice(0, at).split('\n').length}: ${key}`);
    }
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(5);
  });

  it('offers keys of the place alone, without those that stand there', () => {
    const top = offered('playbook: x\n|\nsteps: []\n');
    expect(top).toContain('trigger');
    expect(top).not.toContain('playbook');
    expect(top).not.toContain('steps');
    const step = offered('steps:\n  - send: email\n    te|\n');
    expect(step).toContain('template');
    expect(step).not.toContain('audience');
    expect(offered('steps:\n- wait: 1d\n- |\n')).toContain('send');
    expect(offered('trigger: { event: cart.updated, |')).toContain('where');
  });

  it('offers values where there are few, and nothing in a comment', () => {
    expect(offered('steps:\n  - send: email\n    class: |\n')).toEqual(
      expect.arrayContaining(['marketing', 'transactional']),
    );
    expect(offered('# |\n')).toEqual([]);
  });

  it('ends on any text, in bounded time', () => {
    const deep = Array.from({ length: 2_000 }, (_, n) => `${' '.repeat(n)}a${n}:`).join('\n');
    expect(offered(`${deep}\n|`)).toEqual(expect.any(Array));
    expect(offered(`${'- '.repeat(5_000)}|`)).toEqual(expect.any(Array));
    expect(offered(`${' '.repeat(50_000)}|`)).toEqual(expect.any(Array));
  });
});
