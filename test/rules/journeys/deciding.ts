/** One firing before the entry rules, with whatever facts (N1). */

import type { Firing } from '../../../triggers/engine/state.ts';
import { decideEntry, type EntryFacts } from '../../../triggers/entry/entry.ts';
import { compiled, day } from '../play.ts';

export const AT = Date.parse(day('10:00'));
export const DAY_MS = 86_400_000;

const HELLO = { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' };

/** The reason of a refusal, `deferred`, `ghost` or `entered`. @param more keys of the playbook */
export function decide(
  more: string,
  facts: Partial<EntryFacts> = {},
  firing: Partial<Firing> = {},
  { steps = '[{ record: x }]' }: { steps?: string } = {},
) {
  const { versions, workspace } = compiled(`trigger: { event: seen }\n${more}\nsteps: ${steps}`, [HELLO]);
  const made: Firing = {
    playbook: 'p',
    version: versions[0]!.hash,
    subject: { type: 'contact', id: 'ada' },
    key: '',
    at: AT,
    arm: 0,
    evidence: ['m1'],
    byTime: false,
    trigger: {},
    overtaken: false,
    ...firing,
  };
  const verdict = decideEntry(versions[0]!.playbook, made, {
    now: AT,
    status: 'active',
    deployedAt: 0,
    settings: { ...workspace.settings, globalHoldoutPercent: 0 },
    past: [],
    audience: { holds: true, looked: {} },
    ...facts,
  });
  return verdict.enter === false
    ? verdict.reason
    : verdict.enter !== true
      ? verdict.enter
      : verdict.ghost
        ? 'ghost'
        : 'entered';
}
