import { inject } from 'vitest';
import { askForPart } from './ask-for-part.ts';

/**
 * The folder of the compiled product, which holds `cli/main.js` and what it runs: for tests that need it as a process of its
 * own, to be killed, or told to stop. It is compiled once a run, at the first call, which takes some seconds.
 */
export function compiledCli(): Promise<string> {
  return askForPart(inject('partsUrl'), '/compiled');
}
