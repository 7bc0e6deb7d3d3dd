/** What all who play share. */
import type { CompiledWorkspace, WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import { START, UNIT_MS } from '../../simulate/worlds/world.ts';

/** No deadline falls on it. */
export const UNTIL: Instant = START + 60 * UNIT_MS + 4_321;

export type World = CompiledWorkspace & { files: readonly WorkspaceFile[] };

/** A history's, by its place in the list: its people are its own. */
export const nameOf = (n: number): string => `h${String(n).padStart(5, '0')}`;

/** Of many stores those that this process plays: `WORLDS_SHARE=1/2` is every second one, from the second on. */
export function shareOf<T>(all: readonly T[]): T[] {
  const [mine, of] = (process.env.WORLDS_SHARE ?? '0/1').split('/').map(Number);
  return all.filter((_, n) => n % of! === mine);
}

/** What went wrong is printed as soon as it is known: a long run tells of its failures at its end. */
export async function toldAtOnce<T extends { faults: readonly string[] }>(checking: Promise<T>): Promise<T> {
  try {
    const checked = await checking;
    if (checked.faults.length > 0) console.error(checked.faults.join('\n\n'));
    return checked;
  } catch (error) {
    console.error(error);
    throw error;
  }
}
