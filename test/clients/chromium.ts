/** A real browser for tests: Chromium, which npm does not bring. */
import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** CHROMIUM_PATH, else one of the usual places; undefined where there is none. */
export async function findChromium(): Promise<string | undefined> {
  for (const path of [process.env.CHROMIUM_PATH, ...PLACES]) {
    if (path === undefined) continue;
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** @throws Error that says what to do where there is no Chromium */
export async function openChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === undefined) {
    throw new Error('No Chromium was found: install one (apt-get install chromium), or name it in CHROMIUM_PATH.');
  }
  // Its sandbox does not run as root, as containers and CI do; the pages are ours.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}
