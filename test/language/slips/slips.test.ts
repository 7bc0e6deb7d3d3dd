/**
 * Slips that people make, and what they are told: each message names the cause and the cure, once. The files hold both, so that
 * they can be read and judged side by side; `npx vitest run test/language/slips -u` writes what is said now.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileWorkspace, type WorkspaceFile } from '../../../language/compile.ts';
import { formatDiagnostic } from '../../../language/diagnostics/diagnostics.ts';
import { checkLayout } from '../../../language/template/layout.ts';
import { around } from '../../support/around.ts';
import { registry, shippedFiles } from '../workspace.ts';

const HERE = new URL('.', import.meta.url).pathname;
const SAYS = 'says';
const shipped = await shippedFiles();

interface Slip {
  title: string;
  files: WorkspaceFile[];
}

/** `=== title`, then the files, each below `--- path`, then `--- says` and what is said. */
function slipsOf(text: string): Slip[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...files] = part.split(/^--- /m);
      const read = files.map((file): WorkspaceFile => {
        const end = file.indexOf('\n');
        return { path: file.slice(0, end), text: file.slice(end + 1) };
      });
      return { title: title.trim(), files: read.filter(({ path }) => path !== SAYS) };
    });
}

async function saysOf({ files }: Slip): Promise<string> {
  const paths = new Set(files.map(({ path }) => path));
  const others = around(shipped, files).filter(({ path }) => !paths.has(path));
  const compiled = compileWorkspace([...others, ...files], registry, '');
  const layouts = await Promise.all(
    files.map(async ({ path, text }) => {
      const template = compiled.workspace.templates[/^templates\/(.+)\.mjml$/.exec(path)?.[1] ?? ''];
      return template === undefined ? [] : checkLayout(path, text, template);
    }),
  );
  const shown = [...compiled.diagnostics, ...layouts.flat()].map((d) =>
    formatDiagnostic(d, compiled.sources.get(d.file)),
  );
  return shown.length === 0 ? '(nothing)' : shown.join('\n');
}

async function written(slip: Slip): Promise<string> {
  const files = slip.files.map(({ path, text }) => `--- ${path}\n${text.trimEnd()}\n`).join('');
  return `=== ${slip.title}\n${files}--- ${SAYS}\n${await saysOf(slip)}\n`;
}

describe.each(readdirSync(HERE).filter((name) => name.endsWith('.txt')))('%s', (name) => {
  it('says what it said', async () => {
    const slips = slipsOf(readFileSync(HERE + name, 'utf8'));
    expect(new Set(slips.map(({ title }) => title)).size).toBe(slips.length);
    const parts: string[] = [];
    for (const slip of slips) parts.push(await written(slip));
    await expect(parts.join('\n')).toMatchFileSnapshot(HERE + name);
  });
});
