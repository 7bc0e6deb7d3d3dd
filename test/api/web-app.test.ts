/** The built app under /app/: one page for every screen, assets for a year, and nothing from elsewhere. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerProblems } from '../../server/answer-errors.ts';
import { readWebApp, webApp } from '../../server/web-app.ts';

let folder: string;
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-web-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Cuebook</title>');
  await writeFile(join(folder, 'assets', 'main-3f9a.js'), 'console.log("app")');
  await writeFile(join(folder, 'notes.unknown'), 'not served');
  app = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  answerProblems(app);
  webApp(app, await readWebApp(folder));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

describe('/app', () => {
  it('answers each screen with the one page, which no frame shows and no foreign script enters', async () => {
    for (const url of ['/app', '/app/', '/app/people/contact?id=ada', '/app/notes.unknown']) {
      const { statusCode, headers, body } = await app.inject(url);
      expect([url, statusCode, body]).toEqual([url, 200, '<!doctype html><title>Cuebook</title>']);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers['x-frame-options']).toBe('DENY');
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/script-src 'self';/);
      expect(policy).toMatch(/frame-ancestors 'none'/);
    }
  });

  it('answers assets for a year, compressed for who takes that, and 304 to who has them', async () => {
    const url = '/app/assets/main-3f9a.js';
    const plain = await app.inject(url);
    expect([plain.body, plain.headers['cache-control']]).toEqual([
      'console.log("app")',
      'public, max-age=31536000, immutable',
    ]);
    const br = await app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
    expect(br.headers['content-encoding']).toBe('br');
    const again = await app.inject({ url, headers: { 'if-none-match': String(plain.headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('does not answer a missing asset with the page, nor a path out of the folder', async () => {
    expect((await app.inject('/app/assets/main-old.js')).json().code).toBe('not_found');
    expect((await app.inject('/app/assets/..%2f..%2fetc/passwd')).statusCode).toBe(404);
    expect((await app.inject('/app/%2e%2e/%2e%2e/etc/passwd')).body).not.toContain('root:');
  });

  it('says how it is built where it was not', async () => {
    const bare = Fastify();
    answerProblems(bare);
    webApp(bare, await readWebApp(join(folder, 'nowhere')));
    const { statusCode, body } = await bare.inject('/app/');
    expect([statusCode, JSON.parse(body).detail]).toEqual([404, expect.stringContaining('npm run prepare')]);
    await bare.close();
  });
});
