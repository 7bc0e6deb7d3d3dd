/** Plays the story of every-path.ts to its end on the real parts: for who looks at what came of it. */
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { PlaybookVersion } from '../../language/model.ts';
import { levelOf } from '../crashes/level-of.ts';
import { webhookReceiver } from '../requests/webhook-receiver.ts';
import { around } from '../support/around.ts';
import { nextDue } from '../support/next-due.ts';
import { type System, startSystem } from '../support/system.ts';
import { FILES, HOUR, START, STORY, WEBHOOK } from './every-path.ts';

export interface PlayedEveryPath extends AsyncDisposable {
  system: System;
  versions: readonly PlaybookVersion[];
}

export async function playedEveryPath(): Promise<PlayedEveryPath> {
  const receiver = await webhookReceiver(() => ({ status: 200, body: '{"known":true}' }));
  const activity = levelOf(({ name }) => {
    if (name === 'hal') throw new Error('away');
    return { level: 7 };
  });
  const shipped = around((await loadFolder('playbooks')).files, FILES).filter((f) =>
    /^(people|calendars)\//.test(f.path),
  );
  const all = compileWorkspace([...shipped, ...FILES], { ...registry, activities: [activity] });
  const errors = all.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const text = JSON.stringify(all.versions).replaceAll(WEBHOOK, `${receiver.url}/leads`);
  const versions = JSON.parse(text) as PlaybookVersion[];
  const settings = { ...all.workspace.settings, webhooks: { allow: [receiver.host] } };
  const system = await startSystem({
    playbooks: { versions, surroundings: { settings, people: all.workspace.people } },
    clock: { mode: 'stepped', at: START - 1 },
    webhookSecrets: [Buffer.alloc(32, 1)],
    activities: new Map([[activity.name, activity]]),
  });
  const passUntil = async (end: number) => {
    for (let due = await nextDue(system); due !== undefined && due < end; due = await nextDue(system))
      await system.step(due);
    await system.step(end);
  };
  for (const { hours, calls } of STORY) {
    await passUntil(START + hours * HOUR);
    await system.post(calls.map((call) => ({ at: START + hours * HOUR, ...call })));
    // What stands at an instant happens once the clock has passed it.
    await system.step(START + hours * HOUR + 1_000);
  }
  await passUntil(START + 90 * HOUR);
  return {
    system,
    versions,
    async [Symbol.asyncDispose]() {
      await system.stop();
      await receiver.close();
    },
  };
}
