/** Writing a playbook in the browser: saved, linted, tested, planned, deployed; with somebody else at it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployFolder } from '../../../cli/run/deploy-folder.ts';
import type { BacktestTold } from '../../../server/api/contract/backtest.ts';
import type { Problem } from '../../../server/api/contract/common.ts';
import type { Draft, Plan, RanTest } from '../../../server/api/contract/editing.ts';
import type { Diagnostic, Source } from '../../../server/api/contract/playbook.ts';
import { readDeployments } from '../../../store/deployments/deployments.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import { FILES } from '../filled.ts';
import { type EditingStage, editingStage } from './stage.ts';

let stage: EditingStage;
beforeAll(async () => {
  stage = await editingStage();
}, 120_000);
afterAll(() => stage?.close());

const of = (path: string) => `/api/playbooks/nudge/draft${path}`;
const twoDays = (text: string) => text.replace('- wait: 1d', '- wait: 2d');
const DAY_MS = 86_400_000;

/** How long the deployed one waits. */
async function waitDeployed(): Promise<unknown> {
  const { pool } = stage.database;
  const hash = (await readDeployments(pool))[0]!.versionHash;
  return JSON.stringify((await readVersions(pool, [hash])).get(hash)!.playbook.steps['steps.1']!.config);
}

describe('a draft', () => {
  it('begins with the file and the templates that it names, and changes nothing when it is saved', async () => {
    const draft = await stage.draft();
    expect(draft).toMatchObject({ isEditable: true, revision: 0, by: null, isPending: false, patch: '' });
    expect(draft.files.map(({ path, folder }) => [path, folder])).toEqual([
      ['nudge.yaml', 'same'],
      ['templates/nudge.txt', 'same'],
    ]);
    const before = await waitDeployed();
    const saved = await stage.post<Draft>(of(''), stage.edited(draft, twoDays));
    expect(saved.body).toMatchObject({ revision: 1, by: 'API token', isPending: true });
    expect(saved.body.patch).toContain('-  - wait: 1d\n+  - wait: 2d\n');
    expect(await waitDeployed()).toBe(before);
  });

  it('is not written over by who has not seen what somebody else has saved, and tells the difference', async () => {
    const read = await stage.draft();
    const mine = stage.edited(read, (text) => text.replace('- wait: 2d', '- wait: 3d'));
    const theirs = stage.edited(read, (text) => text.replace('- wait: 2d', '- wait: 4d'));
    const [one, other] = await Promise.all([stage.post<Draft>(of(''), mine), stage.post<Draft>(of(''), theirs)]);
    const [saved, refused] = one.status === 200 ? [one, other] : [other, one];
    expect([saved.status, refused.status]).toEqual([200, 409]);
    const problem = refused.body as unknown as Problem & { difference: string; revision: number };
    expect(problem).toMatchObject({ code: 'conflict', revision: 2, by: 'API token' });
    expect(problem.difference).toMatch(/^-\s+- wait: \dd$/m);
    expect((await stage.draft()).revision).toBe(2);
  });

  it('is thrown away back to what is deployed', async () => {
    const { body } = await stage.post<Draft>(of('/discard'), { revision: 2 });
    expect(body).toMatchObject({ revision: 0, isPending: false, patch: '' });
  });

  it('is of one playbook, and of files in its folder', async () => {
    const { files } = await stage.draft();
    const [file] = files.map(({ path, text, base }) => ({ path, text, base }));
    const refused = async (some: object[]) =>
      (await stage.post<Problem>(of(''), { revision: 0, files: some })).body.code;
    expect(await refused([{ ...file, path: '../nudge.yaml' }])).toBe('invalid_body');
    expect(await refused([{ ...file, path: 'other.yaml' }])).toBe('invalid_body');
    expect(await refused([file!, file!])).toBe('invalid_body');
  });
});

describe('what is tried', () => {
  it('is linted as the command line lints it: at its place, without being saved', async () => {
    const faulty = stage.edited(await stage.draft(), (text) => text.replace('wait: 1d', 'wait: 1 dya'));
    const { body } = await stage.post<{ diagnostics: Diagnostic[] }>(of('/lint'), { files: faulty.files });
    const line = FILES[0]!.text.split('\n').findIndex((one) => one.includes('wait: 1d')) + 1;
    expect(body.diagnostics).toContainEqual(expect.objectContaining({ severity: 'error', line, file: 'nudge.yaml' }));
    expect((await stage.draft()).revision).toBe(0);
  });

  it('is tested, and a line that fails says why', async () => {
    const draft = await stage.draft();
    const run = async (change: (text: string) => string) => {
      const { files } = stage.edited(draft, change);
      return (await stage.post<{ tests: RanTest[] }>(of('/test'), { files })).body.tests;
    };
    expect(await run((text) => text)).toMatchObject([{ it: 'reminds whoever looked', passed: true, faults: [] }]);
    const [failed] = await run((text) => text.replace('event.value >= 20', 'event.value >= 50'));
    expect(failed).toMatchObject({ passed: false, notRun: false });
    expect(failed!.faults.join('\n')).toMatch(/send: nudge/);
    expect(failed!.timeline.length).toBeGreaterThan(0);
  });

  it('is completed by a schema with the names of the folder', async () => {
    const { body } = await stage.get<{ schema: object }>('/api/playbook-schema');
    expect(JSON.stringify(body.schema)).toContain('"nudge"');
  });
});

describe('a plan', () => {
  it('says what would change, and deploys that; the folder catches up by the patch', async () => {
    const saved = (await stage.post<Draft>(of(''), stage.edited(await stage.draft(), twoDays))).body;
    const planned = await stage.post<Plan>(of('/plan'), { revision: saved.revision, days: 1 });
    expect(planned.body.playbooks).toMatchObject([{ playbook: 'nudge', change: 'changed', kept: false }]);
    expect(planned.body.playbooks[0]!.differences.join()).toMatch(/wait/);
    const { from, to } = planned.body;
    const deployed = await stage.post<Draft>(of('/deploy'), { revision: saved.revision, from, to });
    expect([deployed.status, deployed.body.isPending, deployed.body.deployedBy]).toEqual([200, false, 'API token']);
    expect(await waitDeployed()).toContain(String(2 * DAY_MS));
    const source = await stage.get<Source>('/api/playbooks/nudge/source');
    expect(source.body).toMatchObject({ isDeployed: true });
    expect(source.body.yaml).toContain('- wait: 2d');
  });

  it('is not undone by the next start, and what stands beside the folder is said', async () => {
    const { changes, drafts } = await deployFolder(stage.database, stage.folder);
    expect(changes.changed).toEqual([]);
    expect(drafts).toEqual([
      expect.stringMatching(/^nudge: nudge\.yaml counts as deployed by API token in the browser/),
    ]);
    expect(await waitDeployed()).toContain(String(2 * DAY_MS));
  });

  it('is refused when something else was deployed since, and when the draft was saved again', async () => {
    const draft = await stage.draft();
    const { revision } = (
      await stage.post<Draft>(
        of(''),
        stage.edited(draft, (text) => text.replace('wait: 2d', 'wait: 5d')),
      )
    ).body;
    const { from, to } = (await stage.post<Plan>(of('/plan'), { revision, days: 0 })).body;
    const settings = FILES.find(({ path }) => path === 'settings.yaml')!.text;
    await stage.write('settings.yaml', settings.replace('Europe/Berlin', 'Europe/Paris'));
    await deployFolder(stage.database, stage.folder);
    const moved = await stage.post<Problem>(of('/deploy'), { revision, from, to });
    expect([moved.status, moved.body.code]).toEqual([409, 'conflict']);
    const again = (await stage.post<Plan>(of('/plan'), { revision, days: 0 })).body;
    await stage.post(
      of(''),
      stage.edited(await stage.draft(), (text) => text.replace('wait: 5d', 'wait: 6d')),
    );
    const changed = await stage.post<Problem>(of('/deploy'), { revision, from: again.from, to: again.to });
    expect([changed.status, changed.body.code]).toEqual([409, 'conflict']);
    expect(await waitDeployed()).toContain(String(2 * DAY_MS));
  });

  it('of a faulty file deploys nothing', async () => {
    const draft = await stage.draft();
    const { revision } = (
      await stage.post<Draft>(
        of(''),
        stage.edited(draft, (text) => text.replace('wait: 6d', 'wayt: 6d')),
      )
    ).body;
    const { from, to, faults } = (await stage.post<Plan>(of('/plan'), { revision, days: 0 })).body;
    expect(faults.join('\n')).toMatch(/wayt/);
    const refused = await stage.post<Problem>(of('/deploy'), { revision, from, to });
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_body']);
    expect((await stage.draft()).isPending).toBe(true);
  });
});

describe('the folder', () => {
  it('counts again once its file has been changed; who wrote a draft of the old one hears of it', async () => {
    const text = FILES[0]!.text.replace('- wait: 1d', '- wait: 7d');
    await stage.write('nudge.yaml', text);
    const { drafts } = await deployFolder(stage.database, stage.folder);
    expect(drafts).toEqual([expect.stringMatching(/the folder has been changed since, and counts$/)]);
    expect(await waitDeployed()).toContain(String(7 * DAY_MS));
    const draft = await stage.draft();
    expect(draft.files[0]!.folder).toBe('moved');
    const planned = await stage.post<Problem>(of('/plan'), { revision: draft.revision, days: 0 });
    expect([planned.status, planned.body.detail]).toEqual([
      409,
      expect.stringMatching(/no longer what the draft began/),
    ]);
  });

  it('takes a new playbook from one that ships: a draft, with its templates', async () => {
    const { body, status } = await stage.post<Draft>('/api/drafts', { playbook: 'my-cart', from: 'cart-abandoned' });
    expect([status, body.revision, body.isPending]).toEqual([200, 1, true]);
    expect(body.files[0]).toMatchObject({ path: 'my-cart.yaml', base: null, folder: 'none' });
    expect(body.patch).toMatch(/^--- \/dev\/null\n\+\+\+ b\/.*my-cart\.yaml$/m);
    const again = await stage.post<Problem>('/api/drafts', { playbook: 'my-cart', from: 'cart-abandoned' });
    expect(again.body.code).toBe('conflict');
    const unknown = await stage.post<Problem>('/api/drafts', { playbook: 'mine', from: 'cart-abandond' });
    expect(unknown.body.detail).toMatch(/cart-abandoned/);
  });
});

describe('a backtest of what is written', () => {
  it('is told line by line, ends with what came of the stored events, and says what a fault keeps it from', async () => {
    const { pool } = stage.database;
    await pool.query(
      `INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id, properties)
         SELECT 'shop', 'b' || n, 'track', 'cart.updated', now() - n * interval '1 day', now() - n * interval '1 day', 'c' || n, '{"value": 30}'
           FROM generate_series(1, 5) n`,
    );
    const draft = await stage.draft();
    const run = async (change: (text: string) => string) => {
      const { files } = stage.edited(draft, change);
      const { body } = await stage.post<string>('/api/playbooks/nudge/draft/backtest', { files, days: 7 });
      return body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as BacktestTold);
    };
    const last = (await run((text) => text.replace('wayt: 6d', 'wait: 1d').replace(/^audience:.*\n/m, ''))).at(-1)!;
    expect(last.isDone).toBe(true);
    expect(last.found).toMatchObject({ events: 5, playbooks: [{ playbook: 'nudge', firings: 5 }] });
    expect(last.found!.days.reduce((sum, { firings }) => sum + firings, 0)).toBe(5);
    expect(last.found!.days).toHaveLength(8);
    const [refused] = await run((text) => text.replace('wait: 1d', 'wait: 1 dya'));
    expect(refused!.problem).toMatchObject({ code: 'invalid_body' });
  });

  it('is told what is wrong with what was asked', async () => {
    const { status, body } = await stage.post<Problem>('/api/playbooks/nudge/draft/backtest', { files: [], days: 0 });
    expect([status, body.code]).toEqual([400, 'invalid_body']);
  });
});
