/** What was deployed in the browser beside a folder that goes on by itself: by a pull, and by the patch. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployFolder } from '../../../cli/run/deploy-folder.ts';
import type { Draft, Plan } from '../../../server/api/contract/editing.ts';
import { readDeployments } from '../../../store/deployments/deployments.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import { type EditingStage, editingStage } from './stage.ts';

let stage: EditingStage;
beforeAll(async () => {
  stage = await editingStage();
}, 120_000);
afterAll(() => stage?.close());

const DAY_MS = 86_400_000;

async function daysDeployed(): Promise<number> {
  const { pool } = stage.database;
  const hash = (await readDeployments(pool))[0]!.versionHash;
  const step = (await readVersions(pool, [hash])).get(hash)!.playbook.steps['steps.1']!;
  return (step.config as { moment: { ms: number } }).moment.ms / DAY_MS;
}

/** Writes other days of the wait, and deploys that by its plan. */
async function deployDays(was: string, is: string): Promise<Draft> {
  const edited = stage.edited(await stage.draft(), (text) => text.replace(`- wait: ${was}`, `- wait: ${is}`));
  const { revision } = (await stage.post<Draft>('/api/playbooks/nudge/draft', edited)).body;
  const { from, to } = (await stage.post<Plan>('/api/playbooks/nudge/draft/plan', { revision, days: 0 })).body;
  return (await stage.post<Draft>('/api/playbooks/nudge/draft/deploy', { revision, from, to })).body;
}

describe('a draft that is deployed', () => {
  it('is not undone when another file of the folder changes, which counts from then on', async () => {
    expect((await deployDays('1d', '2d')).isPending).toBe(false);
    const text = '---\nsubject: Still there, {{ contact.name }}?\n---\nHello.\n';
    await stage.write('templates/nudge.txt', text);
    const { drafts, changes } = await deployFolder(stage.database, stage.folder);
    expect([drafts, changes.changed]).toEqual([
      [expect.stringMatching(/^nudge: nudge\.yaml counts as deployed/)],
      ['nudge'],
    ]);
    expect(await daysDeployed()).toBe(2);
    expect((await stage.draft()).files.find(({ path }) => path === 'templates/nudge.txt')!.text).toBe(text);
  });

  it('goes on from the folder once that has taken over the patch', async () => {
    const { files } = await stage.draft();
    await stage.write('nudge.yaml', files[0]!.text);
    expect((await deployFolder(stage.database, stage.folder)).drafts).toEqual([]);
    expect(await stage.draft()).toMatchObject({ patch: '', isPending: false });
    await deployDays('2d', '3d');
    expect(await daysDeployed()).toBe(3);
    await deployFolder(stage.database, stage.folder);
    expect(await daysDeployed()).toBe(3);
  });

  it('goes on, too, where the folder has what was deployed while more was written', async () => {
    const deployed = (await stage.draft()).files[0]!.text;
    const edited = stage.edited(await stage.draft(), (text) => text.replace('- wait: 3d', '- wait: 4d'));
    await stage.post<Draft>('/api/playbooks/nudge/draft', edited);
    await stage.write('nudge.yaml', deployed);
    expect((await stage.draft()).files[0]!.folder).toBe('older');
    await deployDays('4d', '5d');
    await deployFolder(stage.database, stage.folder);
    expect(await daysDeployed()).toBe(5);
  });
});
