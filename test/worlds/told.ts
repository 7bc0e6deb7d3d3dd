/** How a found history is told: a playbook or a few, and calls in their order; and what entry says of it. */
import { expect } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Arrival, type History, historyIn, START, UNIT_MS, type WireCall } from '../../simulate/worlds/world.ts';
import { checkHistories } from './check.ts';
import { compiledWorld } from './compile.ts';
import { nameOf } from './shared.ts';
import { playVirtual, writtenFile } from './virtual.ts';

/** One playbook, in the file `found.yaml`. */
export const playbook = (body: object): WorkspaceFile => ({
  path: 'found.yaml',
  text: JSON.stringify({ playbook: 'found', owner: 'ops@shop.example', again: 'always', ...body }),
});

/** @param calls in their order: hour, call, and the hour at which it came where that is later */
export function history(...calls: [hour: number, call: WireCall, cameAt?: number][]): Arrival[] {
  return calls.map(([hour, call, cameAt = hour], n) => {
    const at = START + hour * UNIT_MS;
    const named = { ...call, messageId: `m${n + 1}`, timestamp: isoInstant(at) };
    return { call: named, at, sentAt: START + cameAt * UNIT_MS, cut: 0 };
  });
}

/** What entry says of each history's firings; all of them are played, side by side. */
export async function decisionsOf(files: readonly WorkspaceFile[], histories: readonly History[]): Promise<string[][]> {
  expect((await checkHistories(files, histories)).faults).toEqual([]);
  const { lines } = await playVirtual(await compiledWorld(files), await writtenFile(histories));
  return histories.map((_, n) =>
    lines.flatMap((line) =>
      line.type === 'enrolment' && historyIn(line.subject.id) === nameOf(n) ? [line.refused ?? 'entered'] : [],
    ),
  );
}

/** One playbook of a trigger, and what its firings read. */
export const around = (trigger: object): WorkspaceFile[] => [
  playbook({ trigger, steps: [{ if: 'contact.s == "hot"', then: [{ record: 'hot' }], else: [{ record: 'cold' }] }] }),
  { path: 'settings.yaml', text: 'time_zone: UTC\n' },
  { path: 'traits/recent.yaml', text: 'subject: contact\ntraits: { recent: { count: true, event: a, over: 3h } }\n' },
  { path: 'segments/busy.yaml', text: 'subject: contact\nsegments: { busy: contact.recent >= 2 }\n' },
];
