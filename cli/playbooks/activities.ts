/** The custom activities that go with a folder of playbooks (S17): those of `activities/` beside it, and Cuebook's own. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Activities, ActivityFault, loadActivities, shippedActivities } from '../../activities/calls/load.ts';
import { registry } from '../../evaluation/registry.ts';
import type { Registry } from '../../language/syntax.ts';
import { Failure } from '../failure.ts';

/** @throws Failure ACTIVITY_UNREADABLE at a file that is none */
export async function activitiesBeside(playbooks: string): Promise<Activities> {
  const root = dirname(resolve(playbooks));
  try {
    const shipped = await shippedActivities();
    return (await isCuebook(root)) ? shipped : await loadActivities(join(root, 'activities'), shipped);
  } catch (error) {
    if (!(error instanceof ActivityFault)) throw error;
    const hint =
      'Mend it; a file that is no activity lies in a folder of its own. `cuebook new activity NAME` writes one.';
    throw new Failure('ACTIVITY_UNREADABLE', `${error.file} is no activity: ${error.message}.`, hint, { cause: error });
  }
}

/** The language as it is spoken in that folder. */
export async function registryBeside(playbooks: string): Promise<Registry> {
  return { ...registry, activities: [...(await activitiesBeside(playbooks)).values()] };
}

/** Cuebook's own sources: what lies in `activities/` there is the engine. */
export async function isCuebook(root: string): Promise<boolean> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}');
  try {
    return (JSON.parse(text) as { name?: unknown }).name === 'cuebook';
  } catch {
    return false;
  }
}
