/** From which playbooks subjects are held out (N4). */
import { isJsonObject } from '../json.ts';
import type { CompiledPlaybook, Settings } from '../model.ts';

/** Shares of subjects, 0 to 100, that a playbook loses to its own holdout and to the settings' global one. */
export interface HoldoutShares {
  own: number;
  global: number;
}

/** The global holdout is for messages to customers: a playbook without any takes part by a holdout of its own alone. */
export function holdoutShares(playbook: CompiledPlaybook, settings: Settings): HoldoutShares {
  const takesPart = mayHoldOut(playbook);
  return { own: playbook.holdoutPercent, global: takesPart ? settings.globalHoldoutPercent : 0 };
}

/** Whether there is a holdout, its own or the global one, that may hold subjects out of the playbook. */
export function mayHoldOut(playbook: CompiledPlaybook): boolean {
  if (playbook.neverHeldOut) return false;
  return playbook.holdoutPercent > 0 || sendsMarketing(playbook);
}

/** Whether any step is a marketing message, whatever else the playbook does. */
function sendsMarketing({ steps }: CompiledPlaybook): boolean {
  // Every step with a message to customers has its class in its config (MessageConfig in steps/step.ts).
  return Object.values(steps).some(({ config }) => isJsonObject(config) && config.messageClass === 'marketing');
}
