/** Says in the log which playbooks are paused or halted (N6), when that changes and once at the start. */
import type { Deployment } from '../store/deployments/deployments.ts';
import type { EvaluatorLog } from './evaluator.ts';

type Deployments = ReadonlyMap<string, Pick<Deployment, 'playbook' | 'status'>>;

/** @param was undefined at the first look */
export function tellStopped(log: EvaluatorLog, was: Deployments | undefined, is: Deployments | undefined): void {
  if (was === is || is === undefined) return;
  for (const { playbook, status } of is.values()) {
    const before = was?.get(playbook)?.status ?? 'active';
    if (status !== before) log.warn({ playbook, status, was: before }, TOLD[status]);
  }
}

const TOLD = {
  active: 'a playbook goes on: its firings enter',
  paused: 'a playbook is paused: its firings are refused as inactive',
  halted: 'a playbook is halted: its firings are refused as inactive, its effects are held',
};
