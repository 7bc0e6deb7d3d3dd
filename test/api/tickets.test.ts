/** Tickets: which promises break next, what was escalated and why, and who is away. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../server/api/contract/endpoint.ts';
import type { listColleagues, listTickets, TicketShown } from '../../server/api/contract/tickets.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';
import { type ApiStage, apiOver } from './support.ts';

const FILES = [
  {
    path: 'climb.yaml',
    text: `
playbook: climb
subject: ticket
trigger: { any: [{ sla: care.answer, mark: 80% }, { sla: care.answer, mark: breach }] }
again: always
steps:
  - escalate: ticket
    to: lena
`,
  },
  { path: 'calendars/day.yaml', text: 'calendar: day\ntime_zone: UTC\nhours: { mon-fri: ["09:00-17:00"] }\n' },
  {
    path: 'sla/care.yaml',
    text: `
sla: care
subject: ticket
calendar: day
clocks:
  answer:
    start: ticket.created
    pause: ticket.status == "pending"
    stop: ticket.replied
    target: { urgent: 1 business hour, default: 8 business hours }
    by: ticket.priority
  resolution:
    start: ticket.created
    stop: ticket.solved
    target: { default: 3 business days }
`,
  },
  {
    path: 'people/ana.yaml',
    text: 'person: ana\nname: Ana\nteam: support\ndeputy: lena\naway: { from: 2026-03-01, to: 2026-03-05 }\n',
  },
];

type Queue = AnswerOf<typeof listTickets>;

let evaluation: Evaluation;
let stage: ApiStage;
beforeAll(async () => {
  // A Monday.
  evaluation = await startEvaluation('2026-03-02T15:00:00.000Z', FILES);
  stage = await apiOver(evaluation.database);
  const created = (id: string, traits: object) =>
    evaluation.send({
      name: 'ticket.created',
      ids: { ticketId: id },
      patches: [{ type: 'ticket', id, traits: { name: `Broken ${id}`, ...traits } }],
    });
  await created('t1', { priority: 'urgent', assignee: 'ana', status: 'open' });
  await created('t2', { priority: 'low', assignee: 'lena', status: 'open', team: 'back' });
  await created('t3', { priority: 'low', status: 'pending' });
  await evaluation.step('2026-03-02T15:30:00.000Z');
});
afterAll(async () => {
  await stage?.close();
  await evaluation?.close();
});

const queue = async (query = '') => (await stage.get<Queue>(`/api/tickets${query}`)).body;
const told = ({ items }: Queue) => items.map(({ ticket, clock, state }) => `${ticket.name} ${clock} ${state}`);

describe('the queue', () => {
  it('has what breaks next first, then what is paused; with what is left in open time', async () => {
    const all = await queue();
    expect(told(all)).toEqual([
      'Broken t1 answer running',
      'Broken t2 answer running',
      'Broken t1 resolution running',
      'Broken t2 resolution running',
      'Broken t3 resolution running',
      'Broken t3 answer paused',
    ]);
    expect(all.items[0]).toMatchObject({
      ...{ due: '2026-03-02T16:00:00.000Z', leftMs: 1_800_000, unit: 'business', isAtRisk: true },
      assignee: { id: 'ana', name: 'Ana', isAway: true },
      team: 'support',
    });
    // From 15:00 on Monday two hours are open, and six more on Tuesday.
    expect(all.items[1]).toMatchObject({ due: '2026-03-03T15:00:00.000Z', leftMs: 7.5 * 3_600_000, isAtRisk: false });
    expect(all.counts).toEqual({ hour: 1, risk: 1, running: 5, breached: 0, paused: 1 });
  });

  it('is narrowed by what breaks within the hour, by team, by policy', async () => {
    expect(told(await queue('?state=hour'))).toEqual(['Broken t1 answer running']);
    expect(told(await queue('?team=back'))).toEqual(['Broken t2 answer running', 'Broken t2 resolution running']);
    expect(told(await queue('?person=ana&state=risk'))).toEqual(['Broken t1 answer running']);
    expect((await queue('?policy=other')).items).toEqual([]);
    expect((await queue()).policies).toEqual(['care']);
  });

  it('comes page by page, each clock once', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = await queue(`?limit=4${after}`);
      seen.push(...told(page));
      after = page.next === null ? '' : `&after=${page.next}`;
    } while (after !== '');
    expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
  });
});

describe('a ticket', () => {
  it('tells how its promises stand, what was escalated, and why', async () => {
    await evaluation.step('2026-03-02T16:00:00.001Z');
    const { rows } = await stage.database.pool.query(
      "SELECT id FROM enrolments WHERE subject_id = 't1' ORDER BY started_at",
    );
    // It climbs from the mark at four fifths on: of the breach it is told while it is open.
    expect(rows.length).toBe(1);
    await stage.database.pool.query(
      `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at, done_at, detail)
       VALUES ('x1', $1, 'steps.0', '', 'escalate', 'done', cuebook_now(), cuebook_now(), cuebook_now(), '{"escalate": "ticket", "to": "lena"}')`,
      [rows[0].id],
    );
    const { body } = await stage.post<TicketShown>('/api/tickets/one', { id: 't1' });
    expect(body.clocks).toMatchObject([
      { clock: 'answer', state: 'breached', due: '2026-03-02T16:00:00.000Z', leftMs: null, stoppedAt: null },
      { clock: 'resolution', state: 'running' },
    ]);
    expect(body.escalations).toEqual([
      expect.objectContaining({
        ...{ kind: 'escalate', playbook: 'climb', status: 'done', firedAt: '2026-03-02T15:48:00.000Z' },
        text: expect.stringContaining('Lena'),
        because: expect.stringContaining('care.answer'),
      }),
    ]);
    expect((await stage.post('/api/tickets/one', { id: 'nobody' })).status).toBe(404);
  });

  it('stands with those that broke until it is stopped; then it is kept no longer', async () => {
    await expect
      .poll(async () => told(await queue('?state=breached')), { timeout: 10_000 })
      .toEqual(['Broken t1 answer breached']);
    await evaluation.send({ name: 'ticket.replied', ids: { ticketId: 't1' } });
    await evaluation.step('2026-03-02T16:10:00.000Z');
    await expect.poll(async () => (await queue('?state=breached')).items, { timeout: 10_000 }).toEqual([]);
    const { body } = await stage.post<TicketShown>('/api/tickets/one', { id: 't1' });
    expect(body.clocks[0]).toMatchObject({ state: 'breached', stoppedAt: expect.any(String) });
  });
});

describe('colleagues', () => {
  it('say who is away, who stands in, and who leads', async () => {
    const { body } = await stage.get<AnswerOf<typeof listColleagues>>('/api/colleagues');
    expect(body.items.filter(({ isAway }) => isAway)).toMatchObject([
      { id: 'ana', team: 'support', deputy: 'lena', absences: [{ from: '2026-03-01', to: '2026-03-05' }] },
    ]);
    expect(body.items.find(({ id }) => id === 'lena')).toMatchObject({
      isAway: false,
      leads: ['support'],
      openTasks: 0,
    });
  });
});
