/** The activity that drawn playbooks call, with what it does. */
import { type Activity, type AnyActivity, activityOf } from '../../activities/calls/activity.ts';
import { ACTIVITY } from '../../simulate/crashes/playbooks.ts';

export function levelOf(run: Activity['run']): AnyActivity {
  return activityOf(ACTIVITY.name, () => ({ ...ACTIVITY, run }));
}
