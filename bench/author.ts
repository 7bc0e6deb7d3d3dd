/** What authors wait for: a folder of a thousand playbooks is linted, a thousand tests run, and the first result of a file. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { packageFolder } from '../cli/package-version.ts';
import { type Bench, type BenchContext, rounds, roundsAt, sized } from './lib/bench.ts';
import { type Figure, median, rate, round } from './lib/figures.ts';

const ROUNDS = 5;
const PLAYBOOKS = 1_000;
const TESTS = 1_000;
/** As its users start it: a process of its own, from its start to its end. */
const CUEBOOK = fileURLToPath(new URL('../cli/main.js', import.meta.url));

export const author: Bench = {
  needs: { temporal: false },
  async run(context) {
    const folder = await mkdtemp(join(tmpdir(), 'cuebook-bench-author-'));
    try {
      return await measure(folder, context);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(folder: string, { scale, say }: BenchContext): Promise<Figure[]> {
  const from = join(await packageFolder(), 'playbooks');
  const shipped = await shippedPlaybooks(from);
  const tests = shipped.reduce((sum, { text }) => sum + (text.match(/^ +- it:/gm)?.length ?? 0), 0);
  const linted = await copies(shipped, {
    from,
    to: join(folder, 'lint'),
    count: sized(PLAYBOOKS, scale, shipped.length),
  });
  const tried = await copies(shipped, {
    from,
    to: join(folder, 'test'),
    count: Math.ceil(sized(TESTS, scale, 1) / tests) * shipped.length,
  });
  const times = await rounds(roundsAt(ROUNDS, scale), async (n) => {
    say(`author: round ${n}`);
    return {
      bare: await timed(() => readOnly(linted.files)),
      lint: await timed(() => cuebook(['lint', linted.folder])),
      test: await timedTests(['test', tried.folder, '--json']),
      first: await firstResult(['test', join(from, shipped[0]!.file)]),
    };
  });
  const perSecond = (count: number, ms: readonly number[]) => ms.map((one) => (count / one) * 1000);
  const files = linted.files.length;
  return [
    rate(
      `lint of ${files} playbooks`,
      'playbooks/s',
      perSecond(
        files,
        times.map(({ lint }) => lint),
      ),
      {
        name: 'reading the same files as YAML, nothing else',
        value: median(
          perSecond(
            files,
            times.map(({ bare }) => bare),
          ),
        ),
      },
    ),
    rate(
      `test of ${times[0]!.test.count} tests`,
      'tests/s',
      times.map(({ test }) => (test.count / test.ms) * 1000),
    ),
    {
      name: 'from the command to the first result of a file',
      unit: 'ms',
      value: round(median(times.map(({ first }) => first))),
      rounds: times.map(({ first }) => round(first)),
    },
  ];
}

interface PlaybookFile {
  file: string;
  text: string;
}

async function shippedPlaybooks(from: string): Promise<PlaybookFile[]> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.yaml')).sort();
  const read = names.map(async (file) => ({ file, text: await readFile(join(from, file), 'utf8') }));
  return (await Promise.all(read)).filter(({ text }) => /^playbook:/m.test(text));
}

/** A folder with what ships, and copies of its playbooks under names of their own, until there are so many. */
async function copies(
  shipped: readonly PlaybookFile[],
  { from, to: folder, count }: { from: string; to: string; count: number },
): Promise<{ folder: string; files: string[] }> {
  const isKept = (path: string) => !path.endsWith('/invalid');
  await cp(from, folder, { recursive: true, filter: isKept });
  const files = shipped.map(({ file }) => join(folder, file));
  for (let n = files.length; n < count; n += 1) {
    const { file, text } = shipped[n % shipped.length]!;
    const path = join(folder, file.replace(/\.yaml$/, `-${n}.yaml`));
    await writeFile(path, text.replace(/^playbook: *(\S+)/m, `playbook: $1-${n}`));
    files.push(path);
  }
  return { folder, files };
}

async function readOnly(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const { errors } = parseDocument(await readFile(file, 'utf8'));
    if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

async function timedTests(args: readonly string[]): Promise<{ count: number; ms: number }> {
  const beganMs = performance.now();
  const lines = (await cuebook(args)).trimEnd().split('\n');
  const ms = performance.now() - beganMs;
  return { count: (JSON.parse(lines.at(-1)!) as { passed: number }).passed, ms };
}

/** Runs the command line to its end. @throws Error with what it said where it found faults */
function cuebook(args: readonly string[], onOutput: () => void = () => undefined): Promise<string> {
  const child = spawn(process.execPath, [CUEBOOK, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (said === '') onOutput();
    said += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complained += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(said);
      else reject(new Error(`cuebook ${args.join(' ')} ended with ${code}: ${complained || said.slice(-2_000)}`));
    });
  });
}

async function firstResult(args: readonly string[]): Promise<number> {
  const beganMs = performance.now();
  let firstMs = 0;
  await cuebook(args, () => {
    firstMs = performance.now() - beganMs;
  });
  return firstMs;
}
