/** `cuebook report` on a store: the days that it is about, its tables, and the same as JSON and CSV. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Stage, startStage } from '../activities/stage.ts';
import { enrol } from '../measurement/people.ts';
import { testDatabase } from '../support/postgres.ts';
import { cuebook } from './run-command.ts';

const PLAYBOOK = {
  path: 'carts.yaml',
  text: `playbook: carts
trigger: { event: cart.updated }
steps:
  - split: photo
    arms:
      plain: { weight: 50, steps: [] }
      photo: { weight: 50, steps: [] }
`,
};
let stage: Stage;
beforeAll(async () => {
  stage = await startStage([PLAYBOOK]);
  const at = '2026-02-24T10:00:00Z';
  const arm = (name: string) => ({ experiment: 'photo', arm: name });
  const { pool } = stage.database;
  await enrol(pool, { playbook: 'carts', prefix: 'a', count: 70, converted: 56, value: 10, at, arm: arm('photo') });
  await enrol(pool, { playbook: 'carts', prefix: 'b', count: 80, converted: 48, value: 10, at, arm: arm('plain') });
  await enrol(pool, { playbook: 'carts', prefix: 'h', count: 100, converted: 40, value: 10, at, ghost: true });
  vi.stubEnv('DATABASE_URL', pool.options.connectionString!);
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stage.close();
});

describe('cuebook report', () => {
  it('tells the last full week in tables, with lift over the holdout and between arms', async () => {
    const { code, stdout } = await cuebook('report');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2026-02-23 to 2026-03-01\n/);
    expect(stdout).toMatch(/^carts +0 +250 +104 +1040 +\+73 % \(\+33 to \+125\)$/m);
    expect(stdout).toMatch(
      /^carts +150 +69\.3 \(61\.5 to 76\.2\) +100 +40 \(30\.9 to 49\.8\) +29\.3 \(16\.8 to 40\.7\).* better +– +440 /m,
    );
    expect(stdout).toMatch(/^carts +photo +plain +80 +48 +60 .*–$/m);
    expect(stdout).toMatch(
      /^carts +photo +photo +70 +56 +80 \(69\.2 to 87\.7\) +8 +20 \(5\.2 to 33\.4\) +\+33 % \(\+8 to \+65\) +better +–$/m,
    );
  });

  it('gives the same to programs, of other days too', async () => {
    const all = JSON.parse((await cuebook('report', '--from', '2026-02-24', '--json')).stdout);
    expect(all).toMatchObject({ from: '2026-02-24', to: '2026-03-01', entered: 250, converted: 104, value: 1040 });
    expect(all.lifts[0].experiments[0].arms[1]).toMatchObject({ arm: 'photo', lift: { verdict: 'better' } });
    const before = JSON.parse((await cuebook('report', '--to', '2026-02-23', '--json')).stdout);
    expect(before).toMatchObject({ from: '2026-02-17', to: '2026-02-23', entered: 0 });
    const csv = (await cuebook('report', '--csv', 'experiments')).stdout.split('\r\n');
    expect(csv[0]).toBe(
      'playbook,experiment,arm,people,converters,rate %,value a person,difference (points),lift,verdict,people still needed',
    );
    expect(csv[2]).toContain('carts,photo,photo,70,56,80 (69.2 to 87.7),8,20 (5.2 to 33.4),+33 % (+8 to +65),better,');
  });

  it('refuses days that are none, and says what to do', async () => {
    expect(await cuebook('report', '--from', '2026-03-32')).toMatchObject({ code: 2 });
    const turned = await cuebook('report', '--from', '2026-03-02', '--to', '2026-03-01');
    expect(turned.code).toBe(2);
    expect(turned.stderr).toContain('the first day is after the last');
  });

  it('says so where nothing is deployed', async () => {
    const empty = await testDatabase();
    vi.stubEnv('DATABASE_URL', empty.url);
    const { code, stderr } = await cuebook('report');
    vi.stubEnv('DATABASE_URL', stage.database.pool.options.connectionString!);
    await empty.drop();
    expect([code, stderr]).toEqual([2, expect.stringContaining('Nothing is deployed yet')]);
  });
});
