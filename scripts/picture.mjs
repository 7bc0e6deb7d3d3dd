/**
 * Takes the README's picture: plays the demo for a while, then photographs its page into docs/demo.png.
 * `node scripts/picture.mjs [SECONDS]`, default 32. Needs a built dist/ and a Chromium (CHROMIUM_PATH, or a usual place).
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const seconds = Number(process.argv[2] ?? 32);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const chromium = places.find((place) => place !== undefined && existsSync(place));
if (chromium === undefined || !(seconds > 0)) {
  process.stderr.write('Use: node scripts/picture.mjs [SECONDS], with a Chromium, which CHROMIUM_PATH may name.\n');
  process.exit(2);
}

const dataDir = await mkdtemp(join(tmpdir(), 'cuebook-picture-'));
const demo = spawn(process.execPath, [path('../dist/cli/main.js'), 'demo', '--data-dir', dataDir], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => demo.once('close', resolve));
try {
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: demo.stdout }).on('line', (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error('the demo ended before it said where to look')));
  });
  await sleep(seconds * 1_000);
  const profile = join(dataDir, 'chromium');
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--hide-scrollbars'];
  const where = [`--user-data-dir=${profile}`, `--screenshot=${path('../docs/demo.png')}`, '--window-size=1120,1180'];
  await promisify(execFile)(chromium, [...flags, ...where, address], { timeout: 60_000 });
} finally {
  demo.kill('SIGTERM');
  await ended;
  await rm(dataDir, { recursive: true, force: true });
}
