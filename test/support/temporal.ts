import { inject } from 'vitest';
import { askForPart } from './ask-for-part.ts';

/**
 * The run's own Temporal server, in memory: `host:port`, namespace `default`. All test files share it, so task queues
 * and workflow ids carry something of their own. The first call of a run boots it (about a second, where the binary is
 * there already).
 */
export async function testTemporal(): Promise<{ address: string }> {
  return { address: await askForPart(inject('partsUrl'), '/temporal') };
}
