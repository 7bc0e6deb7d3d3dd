/** The activity that drawn playbooks call. */
import { z } from 'zod';
import { type Activity, type AnyActivity, activityOf } from '../../activities/calls/activity.ts';
import { ACTIVITY } from '../../simulate/crashes/playbooks.ts';

export function levelOf(run: Activity['run']): AnyActivity {
  return activityOf(ACTIVITY, () => ({
    name: ACTIVITY,
    description: 'Says a level.',
    repeatable: true,
    example: { name: 'p00001p' },
    with: z.strictObject({ name: z.string() }),
    answer: z.object({ level: z.number() }),
    run,
  }));
}
