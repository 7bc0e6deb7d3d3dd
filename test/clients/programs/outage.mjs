/** How a client's program lives through an outage: it is loaded, told that the server is away, calls, and is told that it is back. */
import { createInterface } from 'node:readline';

export const { BASE_URL, WRITE_KEY } = process.env;
/** Settings other than the client's own. */
export const OPTIONS = JSON.parse(process.env.OPTIONS ?? '{}');
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
/** Waits until the test says to go on. */
export const told = () => lines.next();

/**
 * @param track `(n) => …` makes one call
 * @param end what the SDK has for the end of a program
 */
export async function liveThroughOutage(track, end) {
  process.stdout.write('loaded\n');
  await told();
  for (let n = 0; n < 20; n += 1) track(n);
  process.stdout.write('called\n');
  await told();
  await end();
  // It ends when nothing is under way any more.
  process.stdin.destroy();
}
