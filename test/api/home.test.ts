/** What Home and the list of playbooks count: numbers that add up, and say what they leave aside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Home } from '../../server/api/contract/home.ts';
import type { PlaybookSummary } from '../../server/api/contract/playbooks.ts';
import { fill } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await apiStage(() => ({
    partStates: () => [
      { part: 'postgresql', up: true },
      { part: 'mail', up: false },
    ],
  }));
});
afterAll(() => stage.close());

const ENDED = [
  { outcome: 'exited', reason: { code: 'contact.deleted', words: 'contact.deleted' }, count: 2 },
  { outcome: 'completed', reason: null, count: 1 },
  { outcome: 'converted', reason: { code: 'order.completed', words: 'order.completed' }, count: 1 },
  { outcome: 'exited', reason: { code: 'undone', words: 'the event that began it was corrected later' }, count: 1 },
  { outcome: 'failed', reason: { code: 'smtp-550', words: 'smtp-550' }, count: 1 },
];
const byWords = (endings: Home['total']['ended']) =>
  [...endings].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('GET /api/home', () => {
  it('says that nothing is deployed yet', async () => {
    const { status, body } = await stage.get<Home>('/api/home');
    expect([status, body.deployed, body.total.entered, body.latest]).toEqual([200, false, 0, []]);
  });

  it('counts those that entered as those under way and those that ended, by reason; those held out apart', async () => {
    await fill(stage.database);
    // What was read before is kept for some seconds.
    await expect
      .poll(async () => (await stage.get<Home>('/api/home')).body.total.entered, { timeout: 30_000, interval: 500 })
      .toBe(8);
    const { body } = await stage.get<Home>('/api/home');
    const { entered, heldOut, underWay, ended, conversions, value } = body.total;
    expect({ entered, heldOut, underWay, conversions, value }).toEqual({
      ...{ entered: 8, heldOut: 1, underWay: 2 },
      ...{ conversions: 1, value: 80.5 },
    });
    expect(byWords(ended)).toEqual(byWords(ENDED));
    expect(underWay + ended.reduce((sum, { count }) => sum + count, 0)).toBe(entered);
    expect(body.today.refused).toEqual([
      { code: 'audience', words: 'the audience does not let it in', count: 2 },
      { code: 'again', words: expect.stringContaining('it was in this playbook before'), count: 1 },
    ]);
    expect(body.needs).toMatchObject({ tasksOpen: 1, tasksOverdue: 1, approvals: 1, messagesFailed: 1, stopped: [] });
    expect(body.latest.map(({ sentence }) => sentence.text)).toContain('Task for Kim: Call Fay');
  });

  it('names the part that is away, and is then no better than that', async () => {
    const { health } = (await stage.get<Home>('/api/home')).body;
    expect(health.level).toBe('error');
    expect(health.items.filter(({ level }) => level === 'error').map(({ name }) => name)).toEqual(['mail']);
    expect(health.parts).toEqual([{ part: 'PostgreSQL', from: 'embedded', version: '18.4', up: true }]);
  });
});

describe('GET /api/playbooks', () => {
  it('says of each what it is, its state and what it has come to', async () => {
    const { body } = await stage.get<{ items: PlaybookSummary[] }>('/api/playbooks');
    const [one] = body.items;
    expect(one).toMatchObject({
      ...{ playbook: 'nudge', state: 'active', owner: 'kim@shop.example', subject: 'contact', stopped: null },
      ...{ entered: 8, heldOut: 1, underWay: 2, converted: 1, value: 80.5 },
    });
    expect(one!.description).toContain('is reminded');
    expect(one!.trend).toHaveLength(14);
    expect(one!.trend.reduce((sum, { entered }) => sum + entered, 0)).toBe(8);
  });
});
