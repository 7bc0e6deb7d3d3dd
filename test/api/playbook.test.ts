/** One playbook as a picture: every journey is somewhere, and every number adds up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { Enrolment, Flow, PlaybookDetail, Version } from '../../server/api/contract/playbook.ts';
import { fill } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

let stage: ApiStage;
let flow: Flow;
beforeAll(async () => {
  stage = await apiStage();
  await fill(stage.database);
  flow = (await stage.get<Flow>('/api/playbooks/nudge/flow')).body;
});
afterAll(() => stage.close());

const node = (id: string) => flow.nodes.find((one) => one.id === id)!;
const edge = (from: string, to: string) => flow.edges.find((one) => one.from === from && one.to === to)?.count;

describe('GET /api/playbooks/NAME', () => {
  it('says what it says, in words', async () => {
    const { body } = await stage.get<PlaybookDetail>('/api/playbooks/nudge');
    expect(body.trigger).toEqual([expect.stringContaining('cart.updated')]);
    expect(body).toMatchObject({
      audience: expect.stringContaining('contact.country != "XX"'),
      again: 'after 7 d',
      zone: 'Europe/Berlin',
    });
    expect(body.goal).toEqual({ words: 'order.completed', withinMs: 7 * 86_400_000 });
  });

  it('names the one that is near where there is none', async () => {
    const { status, body } = await stage.get<Problem>('/api/playbooks/nudges');
    expect([status, body.detail]).toEqual([404, expect.stringContaining('nudge')]);
  });
});

describe('its graph', () => {
  it('has each step once, in plain words, with its place in the file', () => {
    expect(flow.nodes.map(({ id, title }) => [id, title])).toEqual([
      ['start', expect.stringContaining('cart.updated')],
      ['steps.0', 'E-mail nudge'],
      ['steps.1', 'Wait 1 d'],
      ['steps.2', 'If'],
      ['steps.2.then.0', 'Task: Call {{ contact.name }}'],
      ['steps.2.else.0', 'Record small'],
      ['steps.3', 'Approval: Give {{ contact.name }} a voucher?'],
      ['steps.3.then.0', 'Record given'],
      ['steps.3.else.0', 'Record kept'],
      ['end', 'End'],
    ]);
    expect(node('steps.2').detail).toBe('trigger.value > 200');
  });

  it('leads from each step to the next, by its arms, and to the end', () => {
    expect(flow.edges.map(({ from, to, kind, label }) => [from, to, kind, label])).toEqual(
      expect.arrayContaining([
        ['start', 'steps.0', 'next', null],
        ['steps.2', 'steps.2.then.0', 'arm', 'yes'],
        ['steps.2', 'steps.2.else.0', 'arm', 'no'],
        ['steps.2.then.0', 'steps.3', 'next', null],
        ['steps.3', 'steps.3.then.0', 'arm', expect.stringContaining('approval.given')],
        ['steps.3', 'steps.3.else.0', 'otherwise', 'else'],
        ['steps.3.then.0', 'end', 'next', null],
      ]),
    );
  });

  it('leads nowhere else from a step whose arms are all there', () => {
    expect(flow.edges.filter(({ from }) => from === 'steps.2').map(({ label }) => label)).toEqual(['yes', 'no']);
  });

  it('counts who came, waits, passed and left: on each step these add up', () => {
    expect(flow.entered).toBe(8);
    expect(node('start')).toMatchObject({ entered: 8, waiting: 0, passed: 8 });
    expect(node('start').refused).toEqual([
      { code: 'audience', words: 'the audience does not let it in', count: 2 },
      { code: 'again', words: expect.any(String), count: 1 },
    ]);
    // Eve's mail failed: she came to it, and left by that.
    expect(node('steps.0')).toMatchObject({ entered: 8, waiting: 0, failed: 1, passed: 3 });
    expect(node('steps.1')).toMatchObject({ entered: 3, waiting: 1, passed: 2 });
    expect(node('steps.3')).toMatchObject({ entered: 2, waiting: 1, passed: 1 });
    expect([edge('start', 'steps.0'), edge('steps.0', 'steps.1')]).toEqual([8, 3]);
    expect([edge('steps.2', 'steps.2.then.0'), edge('steps.2', 'steps.2.else.0')]).toEqual([1, 1]);
    expect([edge('steps.3', 'steps.3.then.0'), edge('steps.3', 'steps.3.else.0')]).toEqual([1, 0]);
    expect(node('end').entered).toBe(1);
    const left = flow.left.reduce((sum, { count }) => sum + count, 0);
    const there = flow.nodes.reduce((sum, { waiting }) => sum + waiting, 0);
    expect(left + there + node('end').entered).toBe(flow.entered);
    expect(flow.left).toContainEqual({
      ...{ from: 'steps.0', outcome: 'exited', count: 2 },
      reason: { code: 'contact.deleted', words: 'contact.deleted' },
    });
  });

  it('is asked of a version that is there', async () => {
    expect((await stage.get('/api/playbooks/nudge/flow?version=nothing')).status).toBe(404);
    const { body } = await stage.get<Problem>('/api/playbooks/nudge/flow?days=0');
    expect([body.code, body.pointer]).toEqual(['invalid_query', '/days']);
  });
});

describe('its versions and enrolments', () => {
  it('say who is where', async () => {
    const { body } = await stage.get<{ items: Version[] }>('/api/playbooks/nudge/versions');
    expect(body.items).toEqual([expect.objectContaining({ isDeployed: true, entered: 8, underWay: 2 })]);
    expect(body.items[0]!.at.map(({ title, waits, count }) => [title, waits, count]).sort()).toEqual([
      ['Approval: Give {{ contact.name }} a voucher?', true, 1],
      ['Wait 1 d', true, 1],
    ]);
  });

  it('come page by page, each once, the latest first', async () => {
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 10; page += 1) {
      const { body } = await stage.get<{ items: Enrolment[]; next: string | null }>(
        `/api/playbooks/nudge/enrolments?limit=4${after}`,
      );
      seen.push(...body.items.map(({ subject }) => subject.id));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(seen).toEqual(['ida', 'hal', 'gus', 'fay', 'eve', 'dia', 'cy', 'ben', 'ada']);
  });

  it('are narrowed by state, outcome and reason', async () => {
    const ids = async (query: string) => {
      const { body } = await stage.get<{ items: Enrolment[] }>(`/api/playbooks/nudge/enrolments?${query}`);
      return body.items.map(({ subject }) => subject.name);
    };
    expect(await ids('state=open')).toEqual(['Fay', 'Ada']);
    expect(await ids('outcome=exited&reason=undone')).toEqual(['Ida']);
    const wrong = await stage.get<Problem>('/api/playbooks/nudge/enrolments?after=bm9wZQ');
    expect([wrong.status, wrong.body.pointer]).toEqual([400, '/after']);
  });
});

describe('what an operator says of it', () => {
  it('is seen by whoever looks next', async () => {
    const state = async () => {
      const { body } = await stage.get<PlaybookDetail>('/api/playbooks/nudge');
      return [body.state, body.stopped?.reason];
    };
    expect(await state()).toEqual(['active', undefined]);
    expect((await stage.post('/api/playbooks/nudge/pause', { reason: 'the shop is closed' })).status).toBe(200);
    expect(await state()).toEqual(['paused', 'the shop is closed']);
    expect((await stage.post('/api/playbooks/nudge/resume')).status).toBe(200);
    expect(await state()).toEqual(['active', undefined]);
  });
});
