/**
 * `npm run screenshots [-- FOLDER [ADDRESS]]`: a picture of every screen, light and dark, wide and narrow, of the server at
 * ADDRESS, else of a demo that is started for it. Default folder: screenshots/.
 */
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { addressOf, LOOKS, SCREENS } from './screens.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = 'screenshots', given, only = ''] = process.argv.slice(2);
const BROWSERS = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
/** A demo has shown each of its playbooks at work by then. */
const DEMO_MS = 60_000;

async function findBrowser() {
  for (const path of BROWSERS) {
    if (
      path !== undefined &&
      (await access(path).then(
        () => true,
        () => false,
      ))
    )
      return path;
  }
  throw new Error('No Chromium was found: install one, or name it in CHROMIUM_PATH.');
}

async function startDemo() {
  const dataDir = await mkdtemp(join(tmpdir(), 'cuebook-screenshots-'));
  const demo = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'demo', '--data-dir', dataDir]);
  const address = await new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (found) resolve(found);
    };
    demo.stdout.on('data', hear);
    demo.stderr.on('data', hear);
    demo.once('exit', () => reject(new Error(`The demo ended:\n${said}`)));
  });
  await sleep(DEMO_MS);
  return { address, stop: () => demo.kill('SIGTERM') };
}

/** What the addresses of screens are about: somebody who was written to lately, by which playbook. */
async function someOf(address) {
  const { latest } = await (await fetch(`${address}/api/home`)).json();
  const found = latest.find(({ kind, subject }) => kind === 'send' && subject.type === 'contact') ?? latest[0];
  const { items } = await (await fetch(`${address}/api/tickets`)).json();
  const ticket = items[0]?.ticket.id ?? 'none';
  return { playbook: found?.playbook ?? 'none', contact: found?.subject.id ?? 'none', ticket };
}

const demo = given === undefined ? await startDemo() : { address: given, stop: () => undefined };
const browser = await chromium.launch({
  executablePath: await findBrowser(),
  chromiumSandbox: process.getuid?.() !== 0,
});
try {
  await mkdir(folder, { recursive: true });
  const store = await someOf(demo.address);
  for (const { name: look, width, height, scheme } of LOOKS) {
    const viewport = { width, height };
    const context = await browser.newContext({ viewport, colorScheme: scheme, locale: 'en-GB' });
    const page = await context.newPage();
    for (const { name, path } of SCREENS.filter((screen) => screen.name.includes(only))) {
      await page.goto(demo.address + addressOf(path, store));
      await page.locator('main h1').first().waitFor();
      // What is still on its way shows as such.
      await page
        .locator('main .skeleton')
        .first()
        .waitFor({ state: 'detached', timeout: 10_000 })
        .catch(() => undefined);
      await sleep(400);
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    }
    await context.close();
  }
} finally {
  await browser.close();
  demo.stop();
}
