/** A command loads what it needs: help and the version need nothing, and `lint` no server. */
import { describe, expect, it } from 'vitest';
import { importsOf, loadedWith, writtenFiles } from '../structure/sources.ts';

const commands = writtenFiles(/\.ts$/, 'cli/commands');

/** Packages that come with Node aside. */
function packagesOf(entries: readonly string[]): string[] {
  return [...loadedWith(entries).packages].filter((name) => !name.startsWith('node:')).sort();
}

describe('what is loaded', () => {
  it('for help and the version: options and their words, by commander alone', () => {
    expect(commands.length).toBeGreaterThan(10);
    expect(packagesOf(['cli/main.ts', 'cli/program.ts', ...commands])).toEqual(['commander']);
  });

  it('for `lint`: the compiler, and no server, database, Temporal, mail or MJML', () => {
    const later = importsOf('cli/commands/lint.ts').filter(({ isLazy }) => isLazy);
    const kinds = writtenFiles(/\.ts$/, 'steps/kinds').concat(
      writtenFiles(/\.ts$/, 'triggers/conditions'),
      writtenFiles(/\.ts$/, 'triggers/traits/aggregates'),
    );
    const { files } = loadedWith([...later.map(({ to }) => to), ...kinds]);
    expect(files).toContain('language/compile.ts');
    const running = /^(store|server|worker|workflows|activities|evaluator)\//;
    // What `do` takes stands in the file of its activity.
    expect([...files].filter((path) => running.test(path) && !path.startsWith('activities/calls/'))).toEqual([]);
    const known = ['@marcbachmann/cel-js', 'big.js', 'handlebars', 'lru-cache', 'temporal-polyfill', 'yaml', 'zod'];
    expect(packagesOf([...files])).toEqual(known);
  });

  it('for `backtest` of files: what `lint` loads and the run, and neither the store nor Temporal', () => {
    const { packages, files } = loadedWith(['cli/backtest/backtest.ts', 'simulate/backtest/thread.ts']);
    expect(files).toContain('simulate/run/run.ts');
    expect([...files].filter((path) => /^(store|server|worker|activities\/decide|evaluator)\//.test(path))).toEqual([]);
    expect([...packages].filter((name) => /^(pg|pino|@temporalio|@prisma|fastify)/.test(name))).toEqual([]);
  });

  it('for commands that only need the database: no client of Temporal', () => {
    const commands = [
      'cli/reach-store.ts',
      'cli/operate/messages.ts',
      'cli/operate/change-status.ts',
      'cli/explain/explain.ts',
    ];
    const { packages } = loadedWith(commands);
    expect(packages).toContain('pg');
    expect([...packages].filter((name) => name.startsWith('@temporalio'))).toEqual([]);
  });
});
