/**
 * Names in package-lock.json the optional packages of other platforms that the registry at hand does not hold: `npm ci`
 * asks for every one of them, also on machines that never install them. Run after `npm install` has written the lock.
 *
 * Such an entry has no integrity, since nothing was fetched; a registry that holds the package fills it in.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OS = {
  darwin: 'darwin',
  win32: 'win32',
  windows: 'win32',
  linux: 'linux',
  linuxmusl: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  sunos: 'sunos',
  aix: 'aix',
  wasm32: undefined,
  wasi: undefined,
};
const CPUS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
const added = [];

/** Where node would find a dependency of the package at `path`. */
function resolves(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
    if (at === '') return false;
    if (!at.includes('/node_modules/')) at = '';
    if (at === '') return Boolean(packages[`node_modules/${name}`]);
  }
}

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolves(path, name)) continue;
    const words = name.split('/').at(-1).split(/[-_.]/);
    const os = words.map((word) => OS[word]).find((found) => found !== undefined);
    const cpu = words.find((word) => CPUS.includes(word));
    if (!/^\d/.test(version)) throw new Error(`${name} is asked for as ${version}: only an exact version can be named`);
    const cpus = cpu === undefined ? [] : [cpu];
    packages[`node_modules/${name}`] = {
      version,
      ...(cpus.length > 0 && { cpu: cpus }),
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os !== undefined && { os: [os] }),
    };
    added.push(name);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages of other platforms named\n${added.join('\n')}\n`);
