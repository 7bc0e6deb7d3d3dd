/** `npm run simulate -- --histories N` and `-- --mutants`: what is printed, and whether it held. */
import { fileURLToPath } from 'node:url';
import { simulateHistories } from './simulate.ts';

/** Of a mutant's rule: as many as the rarest of the mutants needs, and some. */
const CASES = 160;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** True when every history came to what the rules give. */
export async function histories(count: number, seed: number): Promise<boolean> {
  let played = 0;
  const shown = progress();
  const said = await simulateHistories({ histories: count, seed }, (more) => {
    played += more;
    shown(`${played} histories`);
  });
  shown('');
  for (const { rule, checked, seconds } of said) {
    const { histories: n, firings, late, difference } = checked;
    print(`${rule.padEnd(12)} ${n} histories, ${firings} firings, ${late} late events, ${seconds.toFixed(0)} s`);
    if (!difference) continue;
    print(
      `  differs (${difference.of}), seed ${difference.seed}, case ${difference.case}: ${difference.told.replaceAll('\n', '\n  ')}`,
    );
  }
  const wrong = said.filter(({ checked }) => checked.difference).map(({ rule }) => rule);
  const total = said.reduce((sum, { checked }) => sum + checked.histories, 0);
  print(
    wrong.length === 0
      ? `0 differences in ${total} histories, seed ${seed}`
      : `${wrong.join(', ')} differ, seed ${seed}`,
  );
  return wrong.length === 0;
}

/** True when the oracle notices every mutant. */
export async function mutants(seed: number): Promise<boolean> {
  const [{ tryMutants }, { mutants: all }] = await Promise.all([
    import('./mutants/try.ts'),
    import('./mutants/list.ts'),
  ]);
  const shown = progress();
  const trial = { build: fileURLToPath(new URL('../../', import.meta.url)), mutants: all, seed, cases: CASES };
  const tried = await tryMutants(trial, (done) => shown(`${done} of ${all.length} mutants`));
  shown('');
  for (const { mutant, noticed, told } of tried) {
    print(`${noticed ? 'noticed ' : 'SURVIVED'} ${mutant.rule.padEnd(12)} ${mutant.name}: ${told}`);
  }
  const survivors = tried.filter(({ noticed }) => !noticed);
  print(`${tried.length - survivors.length} of ${tried.length} mutants were noticed`);
  return survivors.length === 0;
}

/** One line on standard error that is written over, where that is a terminal. */
function progress(): (text: string) => void {
  if (!process.stderr.isTTY) return () => {};
  return (text) => process.stderr.write(`\r\u001b[K${text}`);
}
