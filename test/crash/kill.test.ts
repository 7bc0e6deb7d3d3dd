/** The whole product, killed by force while events flow, with a mail server that outlives it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../simulate/crash/scenario.ts';
import { ROOT } from '../structure/sources.ts';

/** `npm run simulate` plays more of them. */
const SEED = 1;
const KILLS = 3;

describe('kill -9 at any moment loses nothing, and does nothing twice', () => {
  it(`at ${KILLS} moments of one stream of events (E7, N3, P4)`, { timeout: 240_000 }, async () => {
    const lines: string[] = [];
    const main = join(ROOT, 'dist/cli/main.js');
    const result = await runScenario({ seed: SEED, kills: KILLS, main, say: (line) => lines.push(line) });
    expect(result.faults, lines.join('\n')).toEqual([]);
    expect(result.kills).toHaveLength(KILLS);
    // The story was one worth telling.
    expect(result.enrolments).toBeGreaterThan(30);
    expect(result.mails).toBeGreaterThan(30);
  });
});
