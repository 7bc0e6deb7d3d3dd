/** What all who play share. */
import type { CompiledWorkspace, WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import { START, UNIT_MS } from '../../simulate/worlds/world.ts';

/** No deadline falls on it. */
export const UNTIL: Instant = START + 60 * UNIT_MS + 4_321;

export type World = CompiledWorkspace & { files: readonly WorkspaceFile[] };

/** A history's, by its place in the list: its people are its own. */
export const nameOf = (n: number): string => `h${String(n).padStart(5, '0')}`;
