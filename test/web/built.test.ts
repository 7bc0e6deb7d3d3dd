/** What `npm run prepare` makes of web/: small enough to begin with, and nothing in it that the server's policy would not let run. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../scripts/web.mjs';
import { ROOT } from '../structure/sources.ts';

const MAX_FIRST_LOAD = 300_000;
const FOLDER = join(ROOT, 'dist', 'web');

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
}

let chunks: { [source: string]: Chunk };

beforeAll(async () => {
  expect(await buildWeb(), 'the packages that build the app are installed: npm ci').toBe(true);
  chunks = JSON.parse(await readFile(join(FOLDER, 'manifest.json'), 'utf8'));
}, 120_000);

/** Files that a browser has fetched once these sources run. */
function fetchedWith(...sources: string[]): Set<string> {
  const seen = new Set(sources);
  const files = new Set<string>();
  for (const source of seen) {
    const { file, css = [], imports = [] } = chunks[source]!;
    for (const each of [file, ...css]) files.add(each);
    for (const each of imports) seen.add(each);
  }
  return files;
}

async function gzipped(files: Iterable<string>): Promise<number> {
  const texts = await Promise.all([...files].map((file) => readFile(join(FOLDER, file))));
  return texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
}

describe('the built app', () => {
  it(`shows Home after less than ${MAX_FIRST_LOAD / 1000} kB, compressed`, async () => {
    const files = fetchedWith('index.html', 'texts/en.ts', 'screens/home/home.tsx');
    const bytes = await gzipped(files);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MAX_FIRST_LOAD);
  });

  it('loads the picture, the editor and the palette only when somebody goes there', () => {
    const first = fetchedWith('index.html', 'texts/en.ts', 'screens/home/home.tsx');
    for (const late of [
      'screens/playbook/flow/flow-picture.tsx',
      'screens/playbook/source.tsx',
      'shell/palette.tsx',
      'texts/de.ts',
    ]) {
      expect([late, first.has(chunks[late]!.file)]).toEqual([late, false]);
    }
  });

  it('has no script or style in its page, and asks for nothing from elsewhere', async () => {
    const page = await readFile(join(FOLDER, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|style=/);
    for (const [, address] of page.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^(\/app\/|data:,$)/);
  });

  it('brings the licences of what is in it', async () => {
    const licences = await readFile(join(FOLDER, 'licenses.md'), 'utf8');
    for (const name of ['react', '@tanstack/react-router', '@xyflow/react', 'lucide-react']) {
      expect(licences).toContain(name);
    }
  });
});
