/** The tests on a broken build: the module that `CUEBOOK_MUTANT` names, a file of JSON, has another text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
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

export default mergeConfig(
  ordinary,
  defineConfig({
    root: ROOT,
    plugins: [{ name: 'mutant', enforce: 'pre', load: (id) => (id === path ? text : undefined) }],
  }),
);
