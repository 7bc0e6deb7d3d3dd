/** The tests on a broken build: the module that `CUEBOOK_MUTANT` names, a file of JSON, has another text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import ordinary from '../../vitest.config.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** @returns the broken module, which was compiled, as it stands among those that are not */
function broken(): { path: string; text: string } {
  const { path, text } = JSON.parse(readFileSync(process.env.CUEBOOK_MUTANT!, 'utf8')) as {
    path: string;
    text: string;
  };
  const source = text
    .replace(/(['"]\.{1,2}\/[^'"]*)\.js(['"])/g, '$1.ts$2')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return { path: join(ROOT, path.replace(/\.js$/, '.ts')), text: source };
}

const { path, text } = broken();
const mutant = { name: 'mutant', enforce: 'pre' as const, load: (id: string) => (id === path ? text : undefined) };
const { projects = [], ...test } = ordinary.test ?? {};

// Each project loads modules by its own plugins: one of the whole would not be asked.
export default defineConfig({
  root: ROOT,
  test: { ...test, projects: projects.map((project) => ({ ...(project as object), plugins: [mutant] })) },
});
